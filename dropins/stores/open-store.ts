import { join } from 'node:path'
import { requireHere, type SessionFunction, type StoreLike } from '../differential/subjects.ts'

/** A store as its documentation shows it, on an engine. */
export interface OpenStore {
  readonly store: StoreLike
  close(): unknown
}

/** Where the engines are, and a folder and a name that nobody else uses. */
export interface Where {
  readonly folder: string
  readonly name: string
  readonly urls: { readonly [engine: string]: string | undefined }
}

type Open = (session: SessionFunction, where: Where) => Promise<OpenStore>

const later = async (open: StoreLike, close: () => unknown): Promise<OpenStore> => ({ store: open, close })

/** The stores that people have, unmodified, and the engine that each needs. */
export const stores: { readonly [name: string]: { readonly engine?: string; readonly open: Open } } = {
  'connect-redis': {
    engine: 'redis',
    async open(_session, { name, urls }) {
      const { RedisStore } = requireHere('connect-redis')
      const client = requireHere('redis').createClient({ url: urls['redis'] })
      await client.connect()
      return later(new RedisStore({ client, prefix: `${name}:` }), () => client.close())
    },
  },
  'connect-pg-simple': {
    engine: 'postgres',
    async open(session, { name, urls }) {
      const pool = new (requireHere('pg').Pool)({ connectionString: urls['postgres'] })
      const PgStore = requireHere('connect-pg-simple')(session)
      // Its own table.sql, by another name: the index there has one that a database can hold once.
      await pool.query(`CREATE TABLE IF NOT EXISTS ${name} (sid varchar PRIMARY KEY, sess json NOT NULL, expire timestamp(6) NOT NULL)`)
      const store = new PgStore({ pool, tableName: name, pruneSessionInterval: false })
      return later(store, async () => {
        await store.close()
        await pool.end()
      })
    },
  },
  'express-mysql-session': {
    engine: 'mariadb',
    async open(session, { name, urls }) {
      const MySqlStore = requireHere('express-mysql-session')(session)
      const { hostname, port, username, password, pathname } = new URL(urls['mariadb'] as string)
      const store = new MySqlStore({
        host: hostname,
        port: Number(port),
        user: decodeURIComponent(username),
        password: decodeURIComponent(password),
        database: pathname.slice(1),
        createDatabaseTable: true,
        clearExpired: false,
        schema: { tableName: name },
      })
      await store.onReady()
      return later(store, () => store.close())
    },
  },
  memorystore: {
    async open(session) {
      const MemoryStore = requireHere('memorystore')(session)
      const store = new MemoryStore({ checkPeriod: 86_400_000 })
      return later(store, () => store.stopInterval())
    },
  },
  'better-sqlite3-session-store': {
    async open(session, { folder, name }) {
      const client = new (requireHere('better-sqlite3'))(join(folder, `${name}.db`))
      const SqliteStore = requireHere('better-sqlite3-session-store')(session)
      return later(new SqliteStore({ client, expired: { clear: false } }), () => client.close())
    },
  },
  'session-file-store': {
    async open(session, { folder, name }) {
      const FileStore = requireHere('session-file-store')(session)
      return later(new FileStore({ path: join(folder, name), retries: 0, reapInterval: -1, logFn() {} }), () => {})
    },
  },
}
