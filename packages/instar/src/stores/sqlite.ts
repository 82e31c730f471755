import { InstarError } from '../core/errors.ts'
import type { SessionRow, SessionStore } from '../core/session-store.ts'

/** The part that a `DatabaseSync` of `node:sqlite` and a `Database` of better-sqlite3 share. */
export interface SqliteDatabase {
  exec(sql: string): unknown
  prepare(sql: string): SqliteStatement
  /** Whether a transaction is open: of `node:sqlite`. */
  readonly isTransaction?: boolean
  /** The same of better-sqlite3. */
  readonly inTransaction?: boolean
}

interface SqliteStatement {
  run(...values: SqliteValue[]): { changes: number | bigint }
  get(...values: SqliteValue[]): unknown
  all(...values: SqliteValue[]): unknown[]
}

type SqliteValue = string | number | null

export interface SqliteStoreOptions {
  /** The clock, in Unix milliseconds. Default `Date.now`. */
  readonly now?: () => number
}

const SCHEMA_VERSION = 1
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS instar_schema (version INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS instar_sessions (
    id TEXT PRIMARY KEY,
    user_id TEXT,
    secret_hash TEXT NOT NULL,
    version INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    payload TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS instar_sessions_user ON instar_sessions (user_id) WHERE user_id IS NOT NULL;
  CREATE INDEX IF NOT EXISTS instar_sessions_expiry ON instar_sessions (expires_at);
`
const COLUMNS = 'id, user_id AS userId, secret_hash AS secretHash, version, expires_at AS expiresAt, ends_at AS endsAt, payload'

/**
 * Sessions in a SQLite database: for one machine and any number of its processes. Makes its tables when it is called, switches the database to WAL, and lets a
 * writer wait up to five seconds for another. Give it a connection of its own: while the application has a transaction open on it, its writes reject with
 * `store_unavailable`, since a rollback would undo a logout. Leave `synchronous` at FULL, or a power failure can undo a logout.
 */
export function sqliteStore(database: SqliteDatabase, options: SqliteStoreOptions = {}): SessionStore {
  prepareDatabase(database)
  const now = options.now ?? (() => Date.now())
  const create = database.prepare('INSERT INTO instar_sessions (id, user_id, secret_hash, version, expires_at, ends_at, payload) VALUES (?, ?, ?, ?, ?, ?, ?)')
  const find = database.prepare(`SELECT ${COLUMNS} FROM instar_sessions WHERE id = ? AND expires_at > ?`)
  const update = database.prepare(
    'UPDATE instar_sessions SET secret_hash = ?, expires_at = ?, payload = ?, version = version + 1 WHERE id = ? AND version = ? AND expires_at > ?',
  )
  const remove = database.prepare('DELETE FROM instar_sessions WHERE id = ? AND expires_at > ?')
  const listByUser = database.prepare(`SELECT ${COLUMNS} FROM instar_sessions WHERE user_id = ? AND expires_at > ?`)
  const deleteByUser = database.prepare('DELETE FROM instar_sessions WHERE user_id = ? AND id IS NOT ? AND expires_at > ?')
  const deleteAll = database.prepare('DELETE FROM instar_sessions')
  const deleteExpired = database.prepare('DELETE FROM instar_sessions WHERE expires_at <= ?')
  const write = (statement: SqliteStatement, ...values: SqliteValue[]): number => {
    if (database.isTransaction || database.inTransaction) throw openTransaction()
    return Number(statement.run(...values).changes)
  }
  return {
    async create(row) {
      write(create, row.id, row.userId, row.secretHash, row.version, row.expiresAt, row.endsAt, row.payload)
    },
    find: async (id) => rowOf(find.get(id, now())),
    update: async (row) => write(update, row.secretHash, row.expiresAt, row.payload, row.id, row.version, now()) === 1,
    delete: async (id) => write(remove, id, now()) === 1,
    listByUser: async (userId) => listByUser.all(userId, now()).map((row) => rowOf(row) as SessionRow),
    deleteByUser: async (userId, except) => write(deleteByUser, userId, except ?? null, now()),
    deleteAll: async () => write(deleteAll),
    deleteExpired: async () => write(deleteExpired, now()),
  }
}

function prepareDatabase(database: SqliteDatabase): void {
  database.exec('PRAGMA busy_timeout = 5000')
  switchToWal(database)
  database.exec('BEGIN IMMEDIATE')
  try {
    database.exec(SCHEMA)
    const found = database.prepare('SELECT max(version) AS version FROM instar_schema').get() as { version: number | bigint | null }
    if (found.version === null) database.exec(`INSERT INTO instar_schema (version) VALUES (${SCHEMA_VERSION})`)
    else if (Number(found.version) !== SCHEMA_VERSION) {
      throw new InstarError(
        'bad_option',
        `The database has version ${found.version} of Instar's tables, and this version of Instar works with ${SCHEMA_VERSION}. Use the version of Instar that made them, or another database.`,
      )
    }
    database.exec('COMMIT')
  } catch (error) {
    if (database.isTransaction ?? database.inTransaction ?? true) database.exec('ROLLBACK')
    throw error
  }
}

/** The one statement that does not wait for another process which does the same; so this waits. */
function switchToWal(database: SqliteDatabase): void {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (let triesLeft = 200; ; triesLeft--) {
    try {
      database.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (triesLeft === 0 || !/locked|busy/i.test(String(error))) throw error
      Atomics.wait(pause, 0, 0, 25)
    }
  }
}

function openTransaction(): InstarError {
  return new InstarError(
    'store_unavailable',
    "The store's connection has a transaction of the application open, whose rollback would undo what the store writes. Give sqliteStore() a connection of its own to the same file.",
  )
}

function rowOf(found: unknown): SessionRow | undefined {
  if (!found) return undefined
  const row = found as SessionRow
  return { ...row, version: Number(row.version), expiresAt: Number(row.expiresAt), endsAt: Number(row.endsAt) }
}
