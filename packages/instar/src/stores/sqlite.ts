import { checkedTable, DEFAULT_TABLE, otherVersion, SCHEMA_VERSION, schemaStatements, versionTable } from './schema.ts'
import { checkedClient, columnsIn, openTransaction, type SqlSessionStore, type SqlValue, sqlStore } from './sql.ts'

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
  run(...values: SqlValue[]): { changes: number | bigint }
  get(...values: SqlValue[]): unknown
  all(...values: SqlValue[]): unknown[]
}

export interface SqliteStoreOptions {
  /** The table. Default `instar_sessions`. */
  readonly table?: string
  /** The clock, in Unix milliseconds. Default `Date.now`. */
  readonly now?: () => number
}

/**
 * Sessions in a SQLite database: for one machine and any number of its processes. Makes its tables when it is called, switches the database to WAL, and lets a
 * writer wait up to five seconds for another. Give it a connection of its own: while the application has a transaction open on it, every operation rejects with
 * `store_unavailable`, since a rollback would undo a logout. Leave `synchronous` at FULL, or a power failure can undo a logout.
 */
export function sqliteStore(database: SqliteDatabase, options: SqliteStoreOptions = {}): SqlSessionStore {
  checkedClient(database, 'sqliteStore() needs a DatabaseSync of node:sqlite, or a Database of better-sqlite3.')
  const table = checkedTable(options.table ?? DEFAULT_TABLE)
  prepareDatabase(database, table)
  const statements = new Map<string, SqliteStatement>()
  const prepared = (sql: string): SqliteStatement => {
    let statement = statements.get(sql)
    if (!statement) statements.set(sql, (statement = database.prepare(sql)))
    return statement
  }
  return sqlStore(
    {
      engine: 'sqlite',
      isRemote: false,
      columns: columnsIn('"'),
      read(sql, values) {
        refuseTransaction(database) // What it reads there may be of before a logout.
        return prepared(sql).all(...values)
      },
      async write(sql, values) {
        refuseTransaction(database)
        return Number(prepared(sql).run(...values).changes)
      },
      isSchemaError: (error) => /^no such (table|column)|has no column named/.test((error as Error).message),
      wasTakenBack: () => false,
      makeTables: async () => prepareDatabase(database, table),
    },
    table,
    options.now ?? (() => Date.now()),
  )
}

function refuseTransaction(database: SqliteDatabase): void {
  const isOpen = database.isTransaction ?? database.inTransaction ?? !canBegin(database)
  if (isOpen) throw openTransaction('Give sqliteStore() a connection of its own to the same file.')
}

/** For a `node:sqlite` that does not say whether a transaction is open (before Node 22.16): then another cannot begin. */
function canBegin(database: SqliteDatabase): boolean {
  try {
    database.exec('BEGIN')
    database.exec('ROLLBACK')
    return true
  } catch {
    return false
  }
}

function prepareDatabase(database: SqliteDatabase, table: string): void {
  database.exec('PRAGMA busy_timeout = 5000')
  switchToWal(database)
  database.exec('BEGIN IMMEDIATE')
  try {
    for (const statement of schemaStatements('sqlite', table)) database.exec(statement)
    const { version } = database.prepare(`SELECT version FROM ${versionTable(table)}`).get() as { version: number | bigint }
    if (Number(version) !== SCHEMA_VERSION) throw otherVersion(table, Number(version))
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
