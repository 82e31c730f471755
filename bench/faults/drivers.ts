import { DatabaseSync } from 'node:sqlite'
import type { SessionStore } from 'instar'
import { mysqlStore } from 'instar/stores/mysql'
import { postgresStore } from 'instar/stores/postgres'
import { redisStore } from 'instar/stores/redis'
import { sqliteStore } from 'instar/stores/sqlite'
import { Redis } from 'ioredis'
import mysql from 'mysql2/promise'
import pg from 'pg'
import postgres from 'postgres'
import { createClient, createSentinel } from 'redis'

/** Where a store lives, as one process can tell another. */
export interface Place {
  readonly driver: Driver
  /** A connection URL or a file; for Sentinels `host:port,host:port`. */
  readonly url: string
}

export type Driver = keyof typeof connect

export interface OpenStore {
  readonly store: SessionStore
  close(): Promise<unknown>
  /** Lets a SQLite database grow to so many pages and no further. */
  limitPages?(pages: number): void
}

/** Without a listener for errors a driver would end the process: applications log them here. */
const quiet = (): void => {}

/** The name by which the sentinels know the primary. */
export const SENTINEL_NAME = 'instar'

// What an application would write: a pool of a usual size, a limit to the wait for a connection, and else what the driver does by itself.
const connect = {
  'node:sqlite': async ({ url }) => {
    const database = new DatabaseSync(url)
    const limitPages = (pages: number): void => database.exec(`PRAGMA max_page_count = ${pages}`)
    return { store: sqliteStore(database), close: async () => database.close(), limitPages }
  },
  pg: async ({ url }) => {
    const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 5_000 })
    pool.on('error', quiet)
    return { store: await migrated(postgresStore(pool)), close: () => pool.end() }
  },
  'postgres.js': async ({ url }) => {
    const sql = postgres(url, { max: 10, connect_timeout: 5, fetch_types: false, backoff: (retries) => Math.min(0.05 * 2 ** retries, 1) })
    return { store: await migrated(postgresStore(sql)), close: () => sql.end() }
  },
  mysql2: async ({ url }) => {
    const pool = mysql.createPool({ uri: url, connectionLimit: 10, connectTimeout: 5_000 })
    return { store: await migrated(mysqlStore(pool)), close: () => pool.end() }
  },
  'node-redis': async ({ url }) => {
    const client = createClient({ url })
    client.on('error', quiet)
    await client.connect()
    return { store: redisStore(client), close: async () => client.destroy() }
  },
  ioredis: async ({ url }) => {
    const client = new Redis(url)
    client.on('error', quiet)
    return { store: redisStore(client), close: async () => client.disconnect() }
  },
  'node-redis Sentinel': async ({ url }) => {
    const sentinel = createSentinel({ name: SENTINEL_NAME, sentinelRootNodes: addresses(url) })
    sentinel.on('error', quiet)
    await sentinel.connect()
    return { store: redisStore(sentinel), close: async () => sentinel.destroy() }
  },
  'ioredis Sentinel': async ({ url }) => {
    const client = new Redis({ name: SENTINEL_NAME, sentinels: addresses(url) })
    client.on('error', quiet)
    return { store: redisStore(client), close: async () => client.disconnect() }
  },
  'ioredis Sentinel, waitForReplicas: 1': async ({ url }) => {
    const client = new Redis({ name: SENTINEL_NAME, sentinels: addresses(url) })
    client.on('error', quiet)
    return { store: redisStore(client, { waitForReplicas: 1 }), close: async () => client.disconnect() }
  },
} satisfies { readonly [driver: string]: (place: Place) => Promise<OpenStore> }

export const openStore = (place: Place): Promise<OpenStore> => connect[place.driver](place)

async function migrated<Store extends { migrate(): Promise<void> }>(store: Store): Promise<Store> {
  await store.migrate()
  return store
}

function addresses(url: string): { host: string; port: number }[] {
  return url.split(',').map((address) => {
    const [host = '', port = ''] = address.split(':')
    return { host, port: Number(port) }
  })
}
