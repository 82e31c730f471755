import type { SessionRow, SessionStore } from 'instar'

/** A store on an engine of its own, and what is asked of the engine past the store. */
export interface Subject {
  /** Of the engine and its driver, and how the engine is set up. */
  readonly versions: string
  readonly setup: string
  readonly store: SessionStore
  /** Writes rows by the engine's own means for many. */
  fill(rows: readonly SessionRow[]): Promise<unknown>
  /** Lets the engine do what it does in the background after many rows were written. */
  settle(): Promise<unknown>
  /** What the engine holds, indexes included, in bytes. */
  bytes(): Promise<number>
  /** The least that can be asked of the engine. */
  baseline(): Promise<unknown>
  /** How long the batches of the purge took so far. */
  readonly batches: BatchTimes
  close(): Promise<void>
}

/** In milliseconds, one entry a batch. */
export interface BatchTimes {
  /** To find the rows. */
  readonly found: number[]
  /** To remove them. */
  readonly removed: number[]
}

export type OpenSubject = (now: () => number, rows: number) => Promise<Subject>

export const TABLE = 'instar_sessions'
export const COLUMNS = ['id', 'user_id', 'secret_hash', 'version', 'expires_at', 'ends_at', 'payload'] as const

export const valuesOf = (row: SessionRow): readonly (string | number | null)[] => [
  row.id,
  row.userId,
  row.secretHash,
  row.version,
  row.expiresAt,
  row.endsAt,
  row.payload,
]

export function noBatches(): BatchTimes {
  return { found: [], removed: [] }
}

/** Where the time of a statement belongs, if it is one of the purge. */
export function timesFor(batches: BatchTimes, sql: string): number[] | undefined {
  if (/^DELETE .* IN \(/.test(sql)) return batches.removed
  return /^SELECT id FROM .* ORDER BY expires_at/.test(sql) ? batches.found : undefined
}

/** Sends a statement and notes how long it took if it is one of the purge. */
export async function timed<Result>(batches: BatchTimes, sql: string, send: () => PromiseLike<Result>): Promise<Result> {
  const start = performance.now()
  const result = await send()
  timesFor(batches, sql)?.push(performance.now() - start)
  return result
}
