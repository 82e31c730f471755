import type { Database } from 'better-sqlite3'
import type { Pool } from 'pg'
import type { Setting } from '../server/application.ts'

// One way to the engines for all subjects: what differs between them is not the driver.

export async function connectRedis({ url }: Setting) {
  const { createClient } = await import('redis')
  const client = createClient({ url })
  client.on('error', (error) => {
    throw error
  })
  return client.connect()
}

export async function openPool({ url }: Setting): Promise<Pool> {
  const { default: pg } = await import('pg')
  return new pg.Pool({ connectionString: url })
}

/**
 * One copy for the whole process, from where the first one was imported: two copies of SQLite on one file take each other's locks away, and lose rows
 * (sqlite.org, "How To Corrupt An SQLite Database File", 2.2.1).
 */
let loaded: Promise<typeof import('better-sqlite3')> | undefined
const sqlite = async (): Promise<typeof import('better-sqlite3')> => {
  loaded ??= import('better-sqlite3').then(({ default: Sqlite }) => Sqlite)
  return loaded
}

/** In WAL mode, as the documentation of better-sqlite3 advises for servers. */
export async function openSqlite({ url, onStatement }: Setting): Promise<Database> {
  const Sqlite = await sqlite()
  const database = new Sqlite(url, onStatement ? { verbose: (sql) => onStatement(String(sql)) } : {})
  database.pragma('journal_mode = WAL')
  return database
}

/** Fills a table in one transaction, past the library that reads it. */
export async function insertAll({ url }: Setting, sql: string, row: (nth: number) => object, from: number, to: number): Promise<void> {
  const Sqlite = await sqlite()
  const database = new Sqlite(url)
  database.pragma('synchronous = OFF')
  database.pragma('cache_size = -500000') // In kB: keys come in no order, and their pages should not be read again and again.
  const insert = database.prepare(sql)
  database.transaction(() => {
    for (let nth = from; nth < to; nth++) insert.run(row(nth))
  })()
  database.pragma('wal_checkpoint(TRUNCATE)')
  database.close()
}
