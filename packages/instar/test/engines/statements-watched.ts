import { DatabaseSync } from 'node:sqlite'
import { type MysqlClient, mysqlStore } from 'instar/stores/mysql'
import { type PostgresClient, postgresStore } from 'instar/stores/postgres'
import { type SqliteDatabase, sqliteStore } from 'instar/stores/sqlite'
import mysql from 'mysql2/promise'
import pg from 'pg'
import type { OpenStore, Place } from './drivers.ts'

export const WATCHED = ['node:sqlite', 'pg', 'mysql2'] as const
export type Watched = (typeof WATCHED)[number]

/** Who waits so long for a lock fails, instead of holding up the test for as long as the engine would let it wait. */
const LOCK_SECONDS = 5

type Value = string | number | Buffer | null

/** Called before a statement is sent, just as it will be sent. What it returns is waited for, but not on `node:sqlite`, where a statement waits for nothing. */
export type Watch = (sql: string, values: readonly Value[]) => unknown

/** A store whose statements a test sees and can hold, and a second connection to ask about them. */
export interface WatchedStore extends OpenStore {
  /** Runs a statement with values as a prepared one, and gives its rows. On `node:sqlite` it has run when the call returns. */
  ask(sql: string, values?: readonly Value[]): Promise<readonly { readonly [column: string]: unknown }[]>
}

type Open = (url: string, table: string, now: () => number, watch: Watch) => Promise<WatchedStore>

const opened: { readonly [driver in Watched]: Open } = {
  async 'node:sqlite'(url, table, now, watch) {
    const database = new DatabaseSync(url)
    const second = new DatabaseSync(url)
    const watched: SqliteDatabase = {
      exec: (sql) => database.exec(sql),
      get isTransaction() {
        return database.isTransaction
      },
      prepare(sql) {
        const statement = database.prepare(sql)
        const through =
          (method: 'run' | 'get' | 'all') =>
          (...values: Value[]) => {
            void watch(sql, values)
            return statement[method](...values)
          }
        return { run: through('run'), get: through('get'), all: through('all') } as ReturnType<SqliteDatabase['prepare']>
      },
    }
    return {
      store: sqliteStore(watched, { table, now }),
      ask: async (sql, values = []) => second.prepare(sql).all(...values),
      async close() {
        database.close()
        second.close()
      },
    }
  },

  async pg(url, table, now, watch) {
    const pool = new pg.Pool({ connectionString: url, max: 5, lock_timeout: LOCK_SECONDS * 1000 })
    const client: PostgresClient = {
      async query(sql, values = []) {
        await watch(sql, values)
        return pool.query(sql, values)
      },
    }
    const store = postgresStore(client, { table, now })
    await store.migrate()
    return { store, ask: async (sql, values = []) => (await pool.query(sql, [...values])).rows, close: () => pool.end() }
  },

  async mysql2(url, table, now, watch) {
    const pool = mysql.createPool({ uri: url, connectionLimit: 5 })
    pool.on('connection', (connection) => connection.query(`SET SESSION innodb_lock_wait_timeout = ${LOCK_SECONDS}`))
    const client: MysqlClient = {
      async execute(sql, values) {
        await watch(sql, values)
        return pool.execute(sql, values)
      },
    }
    const store = mysqlStore(client, { table, now })
    await store.migrate()
    return { store, ask: async (sql, values = []) => (await pool.execute<mysql.RowDataPacket[]>(sql, [...values]))[0], close: () => pool.end() }
  },
}

export const openWatched = ({ driver, url, name }: Place, now: () => number, watch: Watch = () => {}): Promise<WatchedStore> =>
  opened[driver as Watched](url, name, now, watch)
