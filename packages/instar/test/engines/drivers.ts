import { DatabaseSync } from 'node:sqlite'
import { PGlite } from '@electric-sql/pglite'
import type { SessionStore } from 'instar'
import { mysqlStore } from 'instar/stores/mysql'
import { postgresStore } from 'instar/stores/postgres'
import { redisStore } from 'instar/stores/redis'
import { sqliteStore } from 'instar/stores/sqlite'
import { Cluster as IoCluster, Redis } from 'ioredis'
import mysql from 'mysql2/promise'
import pg from 'pg'
import postgres from 'postgres'
import { createClient, createCluster, createSentinel } from 'redis'

/** Where a store lives, as one process can tell another: which driver, which server, and which table or prefix there. */
export interface Place {
  readonly driver: Driver
  /** A connection URL or a file; for a Cluster or Sentinels `host:port,host:port`. */
  readonly url: string
  /** A table's name, or with a colon at its end a prefix of keys. */
  readonly name: string
}

export type Driver = keyof typeof connect

/** A store, made ready, and what closes its connection. */
export interface OpenStore {
  readonly store: SessionStore
  close(): Promise<void>
}

type Connect = (place: Place, now: () => number) => Promise<OpenStore>

/** One for the whole process: each takes a while to start. */
let pglite: Promise<PGlite> | undefined

const quiet = (): void => {} // A driver without a listener for errors would end the process.

const connect = {
  'node:sqlite': async ({ url, name }, now) => {
    const database = new DatabaseSync(url)
    return { store: sqliteStore(database, { table: name, now }), close: async () => database.close() }
  },
  pg: async ({ url, name }, now) => {
    const pool = new pg.Pool({ connectionString: url, max: 5 })
    pool.on('error', quiet)
    return { store: await migrated(postgresStore(pool, { table: name, now })), close: () => pool.end() }
  },
  'pg Client': async ({ url, name }, now) => {
    const client = new pg.Client({ connectionString: url })
    client.on('error', quiet)
    await client.connect()
    return { store: await migrated(postgresStore(client, { table: name, now })), close: () => client.end() }
  },
  'postgres.js': async ({ url, name }, now) => {
    const sql = postgres(url, { max: 5 })
    return { store: await migrated(postgresStore(sql, { table: name, now })), close: () => sql.end() }
  },
  PGlite: async ({ name }, now) => {
    pglite ??= PGlite.create()
    const database = await pglite
    return { store: await migrated(postgresStore(database, { table: name, now })), close: async () => {} }
  },
  mysql2: async ({ url, name }, now) => {
    const pool = mysql.createPool({ uri: url, connectionLimit: 5 })
    return { store: await migrated(mysqlStore(pool, { table: name, now })), close: () => pool.end() }
  },
  'node-redis': async ({ url, name }, now) => {
    const client = createClient({ url })
    client.on('error', quiet)
    await client.connect()
    return { store: redisStore(client, { prefix: name, now }), close: () => client.close() }
  },
  ioredis: async ({ url, name }, now) => {
    const client = new Redis(url)
    client.on('error', quiet)
    return { store: redisStore(client, { prefix: name, now }), close: async () => client.disconnect() }
  },
  'node-redis Cluster': async ({ url, name }, now) => {
    const cluster = createCluster({ rootNodes: addresses(url).map(({ host, port }) => ({ url: `redis://${host}:${port}` })) })
    cluster.on('error', quiet)
    await cluster.connect()
    return { store: redisStore(cluster, { prefix: name, now }), close: () => cluster.close() }
  },
  'ioredis Cluster': async ({ url, name }, now) => {
    const cluster = new IoCluster([...addresses(url)])
    cluster.on('error', quiet)
    return { store: redisStore(cluster, { prefix: name, now }), close: async () => cluster.disconnect() }
  },
  'node-redis Sentinel': async ({ url, name }, now) => {
    const sentinel = createSentinel({ name: 'instar', sentinelRootNodes: [...addresses(url)] })
    sentinel.on('error', quiet)
    await sentinel.connect()
    return { store: redisStore(sentinel, { prefix: name, now }), close: () => sentinel.close() }
  },
  'ioredis Sentinel': async ({ url, name }, now) => {
    const client = new Redis({ name: 'instar', sentinels: [...addresses(url)] })
    client.on('error', quiet)
    return { store: redisStore(client, { prefix: name, now }), close: async () => client.disconnect() }
  },
} satisfies { readonly [driver: string]: Connect }

export const openStore = (place: Place, now: () => number = Date.now): Promise<OpenStore> => connect[place.driver](place, now)

async function migrated<Store extends { migrate(): Promise<void> }>(store: Store): Promise<Store> {
  await store.migrate()
  return store
}

function addresses(url: string): readonly { readonly host: string; readonly port: number }[] {
  return url.split(',').map((address) => {
    const [host = '', port = ''] = address.split(':')
    return { host, port: Number(port) }
  })
}
