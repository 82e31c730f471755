import { InstarError } from '../core/errors.ts'
import type { SessionRow, SessionStore } from '../core/session-store.ts'

export interface MemoryStoreOptions {
  /** Beyond so many rows the oldest tombstones and anonymous rows give way, never a login; with logins alone `create` rejects. Default 100,000. */
  readonly maxRows?: number
  /** The clock, in Unix milliseconds. Default `Date.now`. */
  readonly now?: () => number
}

const SWEEP_INTERVAL = 60_000 // ms
const SWEEP_INTERVAL_WHEN_FULL = 1_000 // ms
/** So many rows are looked at in one go. */
const BATCH = 2_000

/** Sessions in this process's memory: for one process, for development and tests. They end with the process. */
export function memoryStore(options: MemoryStoreOptions = {}): SessionStore {
  return new MemoryStore(options.maxRows ?? 100_000, options.now ?? (() => Date.now()))
}

class MemoryStore implements SessionStore {
  readonly #rows = new Map<string, SessionRow>()
  readonly #byUser = new Map<string, Set<string>>()
  /** What may give way, the oldest first. */
  readonly #tombstones = new Set<string>()
  readonly #anonymous = new Set<string>()
  readonly #maxRows: number
  readonly #now: () => number
  #lastSweep = 0

  constructor(maxRows: number, now: () => number) {
    if (!Number.isSafeInteger(maxRows) || maxRows < 1) throw new InstarError('bad_option', `maxRows is ${JSON.stringify(maxRows)}. Use a whole number from 1.`)
    this.#maxRows = maxRows
    this.#now = now
  }

  async create(row: SessionRow): Promise<void> {
    if (this.#isSweepDue(SWEEP_INTERVAL)) void this.deleteExpired()
    if (this.#live(row.id)) throw new Error('The id is taken.')
    if (this.#rows.size >= this.#maxRows && this.#isSweepDue(SWEEP_INTERVAL_WHEN_FULL)) for (const _ of this.#sweep());
    if (this.#rows.size >= this.#maxRows) this.#makeRoom()
    this.#rows.set(row.id, Object.freeze({ ...row }))
    if (row.userId === null) this.#anonymous.add(row.id)
    else this.#handlesOf(row.userId).add(row.id)
  }

  find(id: string): SessionRow | undefined {
    return this.#live(id)
  }

  async update(row: SessionRow): Promise<boolean> {
    const stored = this.#live(row.id)
    if (stored?.version !== row.version) return false
    const { secretHash, expiresAt, payload } = row
    this.#rows.set(row.id, Object.freeze({ ...stored, secretHash, expiresAt, payload, version: row.version + 1 }))
    if (secretHash === '') this.#tombstones.add(row.id)
    return true
  }

  async delete(id: string): Promise<boolean> {
    const wasLive = this.#live(id) !== undefined
    this.#remove(id)
    return wasLive
  }

  async listByUser(userId: string): Promise<SessionRow[]> {
    const handles = this.#byUser.get(userId) ?? []
    return [...handles].map((id) => this.#live(id)).filter((row) => row !== undefined)
  }

  async deleteByUser(userId: string, except?: string): Promise<number> {
    const rows = (await this.listByUser(userId)).filter(({ id }) => id !== except)
    for (const { id } of rows) this.#remove(id)
    return rows.length
  }

  async deleteAll(): Promise<number> {
    await this.deleteExpired()
    const count = this.#rows.size
    for (const index of [this.#rows, this.#byUser, this.#tombstones, this.#anonymous]) index.clear()
    return count
  }

  async deleteExpired(): Promise<number> {
    let count = 0
    let seen = 0
    for (const wasExpired of this.#sweep()) {
      if (wasExpired) count++
      if (++seen % BATCH === 0) await new Promise((resolve) => setTimeout(resolve)) // Others get their turn.
    }
    return count
  }

  /** Looks at each row, removes it if it has expired, and says so. */
  *#sweep(): Generator<boolean> {
    const now = this.#now()
    for (const { id, expiresAt } of this.#rows.values()) {
      if (expiresAt <= now) this.#remove(id)
      yield expiresAt <= now
    }
  }

  #live(id: string): SessionRow | undefined {
    const row = this.#rows.get(id)
    if (!row || row.expiresAt > this.#now()) return row
    this.#remove(id)
    return undefined
  }

  #remove(id: string): void {
    const row = this.#rows.get(id)
    if (!row) return
    this.#rows.delete(id)
    this.#tombstones.delete(id)
    this.#anonymous.delete(id)
    const handles = row.userId === null ? undefined : this.#byUser.get(row.userId)
    if (handles?.delete(id) && handles.size === 0) this.#byUser.delete(row.userId as string)
  }

  #handlesOf(userId: string): Set<string> {
    let handles = this.#byUser.get(userId)
    if (!handles) this.#byUser.set(userId, (handles = new Set()))
    return handles
  }

  #makeRoom(): void {
    const expendable = this.#tombstones.values().next().value ?? this.#anonymous.values().next().value
    if (expendable !== undefined) this.#remove(expendable)
    else
      throw new InstarError(
        'store_full',
        `The memory store holds ${this.#maxRows} logins, and none of them may be dropped for another. Raise maxRows, or use a store on disk.`,
      )
  }

  #isSweepDue(interval: number): boolean {
    if (this.#now() - this.#lastSweep < interval) return false
    this.#lastSweep = this.#now()
    return true
  }
}
