import { InstarError } from '../core/errors.ts'
import type { SessionRow, SessionStore } from '../core/session-store.ts'
import { otherVersion, SCHEMA_VERSION, type SqlEngineName, schemaMismatch, versionTable } from './schema.ts'
import { padded, together } from './together.ts'

export type SqlValue = string | number | null

/** A SQL database as the statements below need it; `?` stands for a value. */
export interface SqlDatabase {
  readonly engine: SqlEngineName
  /** Whether a statement travels to another process, so that finds had better travel together; else `read` answers at once. */
  readonly isRemote: boolean
  /** The columns of a row, under the names of its fields. */
  readonly columns: string
  read(sql: string, values: readonly SqlValue[]): Promise<readonly unknown[]> | readonly unknown[]
  /** Runs a statement that writes; how many rows it inserted, matched or deleted. */
  write(sql: string, values: readonly SqlValue[]): Promise<number>
  /** Whether an error says that a table or a column is not there. */
  isSchemaError(error: unknown): boolean
  /** Whether an error says that the engine took a statement back whole, for a deadlock say: nothing of it was done, so it may be run again. */
  wasTakenBack(error: unknown): boolean
  /** Runs the statements that make the tables. */
  makeTables(): Promise<void>
}

/** A store on tables. */
export interface SqlSessionStore extends SessionStore {
  /**
   * Makes the tables where they are missing; does nothing where they are there, and may be called by many processes at once. Throws `schema_mismatch`
   * where they have a version that this code does not know, and the driver's error where the database refuses, for want of permission say.
   */
  migrate(): Promise<void>
}

const COLUMNS_BY_FIELD = {
  id: 'id',
  userId: 'user_id',
  secretHash: 'secret_hash',
  version: 'version',
  expiresAt: 'expires_at',
  endsAt: 'ends_at',
  payload: 'payload',
}

/** The columns under the names of a row's fields, each in the quotes of an engine. */
export const columnsIn = (quote: '"' | '`'): string =>
  Object.entries(COLUMNS_BY_FIELD)
    .map(([field, column]) => `${column} AS ${quote}${field}${quote}`)
    .join(', ')

/** So many expired rows are removed by one statement, so that no login waits long for its locks, nor for a driver that is synchronous. */
const BATCH = 100

/** The eight operations, each on a row as one statement. */
export function sqlStore(database: SqlDatabase, table: string, now: () => number): SqlSessionStore {
  const { engine, columns } = database
  const insert = `INSERT INTO ${table} (id, user_id, secret_hash, version, expires_at, ends_at, payload) VALUES (?, ?, ?, ?, ?, ?, ?)`
  const selectLive = `SELECT ${columns} FROM ${table} WHERE id = ? AND expires_at > ?`
  const compareAndSet = `UPDATE ${table} SET secret_hash = ?, expires_at = ?, payload = ?, version = version + 1 WHERE id = ? AND version = ? AND expires_at > ?`
  const deleteLive = `DELETE FROM ${table} WHERE id = ? AND expires_at > ?`
  const deleteAny = `DELETE FROM ${table} WHERE id = ?`
  const selectOfUser = `SELECT ${columns} FROM ${table} WHERE user_id = ? AND expires_at > ?`
  const deleteOfUser = `DELETE FROM ${table} WHERE user_id = ? AND id <> ?`
  const selectExpired = `SELECT id FROM ${table} WHERE expires_at <= ? ORDER BY expires_at LIMIT ${BATCH}`
  // By their ids, and not by the index over the deadline, where MariaDB would lock the next live row too.
  const deleteExpired = `DELETE FROM ${table} WHERE id IN (${Array(BATCH).fill('?').join(', ')}) AND expires_at + 0 <= ?`

  const told = (error: unknown): unknown => (database.isSchemaError(error) ? schemaMismatch(engine, table, error) : error)
  const guarded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work()
    } catch (error) {
      throw told(error)
    }
  }
  const read = (sql: string, ...values: SqlValue[]): Promise<SessionRow[]> => guarded(async () => (await database.read(sql, values)).map(rowOf))
  const write = (sql: string, ...values: SqlValue[]): Promise<number> =>
    guarded(async () => {
      for (let triesLeft = 5; ; triesLeft--) {
        try {
          return await database.write(sql, values)
        } catch (error) {
          if (triesLeft === 0 || !database.wasTakenBack(error)) throw error
        }
      }
    })

  const findOne = async (id: string): Promise<SessionRow | undefined> => oneOf(await read(selectLive, id, now()), id)
  /** In the same tick, where the engine is in this process. */
  const findHere = (id: string): SessionRow | undefined => {
    try {
      return oneOf((database.read(selectLive, [id, now()]) as readonly unknown[]).map(rowOf), id)
    } catch (error) {
      throw told(error)
    }
  }
  const findOfOneTurn = together<SessionRow>(async (ids) => {
    if (ids.length === 1) {
      const row = await findOne(ids[0] as string)
      return new Map(row ? [[row.id, row]] : [])
    }
    const places = padded(ids)
    const sql = `SELECT ${columns} FROM ${table} WHERE id IN (${places.map(() => '?').join(', ')}) AND expires_at > ?`
    const rows = await read(sql, ...places, now())
    const asked = new Set(ids)
    return new Map(rows.map((row) => [row.id, sameText(asked.has(row.id) ? row.id : null, row.id, row)]))
  }, isUnreadable)

  const versionFound = async (): Promise<number | undefined> => {
    try {
      const [found] = await database.read(`SELECT version FROM ${versionTable(table)}`, [])
      return found === undefined ? undefined : Number((found as { version: unknown }).version)
    } catch (error) {
      if (database.isSchemaError(error)) return undefined
      throw error
    }
  }

  return {
    async create({ id, userId, secretHash, version, expiresAt, endsAt, payload }) {
      await write(insert, id, userId, secretHash, version, expiresAt, endsAt, payload)
    },
    // One that could be no handle goes alone: it must not be what others fail by.
    find: (id) => (database.isRemote ? (isPlain(id) ? findOfOneTurn(id) : findOne(id)) : findHere(id)),
    async update({ id, secretHash, version, expiresAt, payload }) {
      return (await write(compareAndSet, secretHash, expiresAt, payload, id, version, now())) === 1
    },
    async delete(id) {
      if ((await write(deleteLive, id, now())) === 1) return true
      await write(deleteAny, id) // By the clock of another process it may live on.
      return false
    },
    listByUser: async (userId) => (await read(selectOfUser, userId, now())).map((row) => sameText(row.userId, userId, row)),
    deleteByUser: (userId, except) => write(deleteOfUser, userId, except ?? ''),
    deleteAll: () => write(`DELETE FROM ${table}`),

    async deleteExpired() {
      const before = now()
      for (let removed = 0; ; ) {
        const start = performance.now()
        const ids = (await guarded(async () => database.read(selectExpired, [before]))).map((row) => (row as SessionRow).id)
        if (ids.length === 0) return removed
        // Always as many places, so that a driver which keeps prepared statements keeps one.
        const count = await write(deleteExpired, ...Array.from({ length: BATCH }, (_, n) => ids[n] ?? (ids[0] as string)), before)
        removed += count
        if (count === 0 || ids.length < BATCH) return removed
        const taken = performance.now() - start
        await new Promise((resolve) => setTimeout(resolve, taken)) // As long a rest as it took: others get their turn.
      }
    },

    async migrate() {
      if ((await versionFound()) === undefined) await database.makeTables()
      const found = await versionFound()
      if (found !== SCHEMA_VERSION) throw otherVersion(table, found ?? 0)
      await read(`SELECT ${columns} FROM ${table} WHERE 1 = 0`)
    },
  }
}

/** A row that was there and could not be read, as opposed to an engine that failed. */
const isUnreadable = (error: unknown): boolean => error instanceof InstarError && error.code === 'store_unavailable'

/** What handles consist of. */
const isPlain = (id: string): boolean => /^[\w-]{1,64}$/.test(id)

function oneOf([row]: readonly SessionRow[], id: string): SessionRow | undefined {
  return row && sameText(row.id, id, row)
}

/** A row as the driver gave it, checked: what an option of the driver changed on the way is not guessed at. */
function rowOf(found: unknown): SessionRow {
  const { id, userId, secretHash, version, expiresAt, endsAt, payload } = found as SessionRow
  const row = { id, userId, secretHash, version: Number(version), expiresAt: Number(expiresAt), endsAt: Number(endsAt), payload }
  const isWhole =
    [id, secretHash, payload].every((field) => typeof field === 'string') &&
    (userId === null || typeof userId === 'string') &&
    [row.version, row.expiresAt, row.endsAt].every(Number.isSafeInteger)
  if (isWhole) return row
  throw new InstarError(
    'store_unavailable',
    'The database driver gave a row in a form that cannot be read. Give the store a client without options that change rows, columns or types.',
  )
}

/** The row, if the engine gave what it was asked for: a collation or a character set that takes one user for another is a failure. */
function sameText(given: string | null, asked: string, row: SessionRow): SessionRow {
  if (given === asked) return row
  throw new InstarError(
    'store_unavailable',
    'The database took one text for another. Make the tables with migrate(), and give the store a client with the character set that it has by default.',
  )
}

/** Throws `bad_option` where no client was given. */
export function checkedClient(client: unknown, needs: string): void {
  if (typeof client !== 'object' && typeof client !== 'function') throw new InstarError('bad_option', `The client is ${typeof client}. ${needs}`)
  if (client === null) throw new InstarError('bad_option', `The client is null. ${needs}`)
}

/** What an option of the application's connection would let a rollback undo. */
export function openTransaction(mend: string): InstarError {
  return new InstarError(
    'store_unavailable',
    `The store's connection has a transaction of the application open, whose rollback would undo what the store writes. ${mend}`,
  )
}
