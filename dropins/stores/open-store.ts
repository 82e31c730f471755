import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { requireHere, type SessionFunction, type StoreLike } from '../differential/subjects.ts'
import { redisGround } from './redis.ts'
import { sqliteGround } from './sqlite.ts'

/** What a store keeps its sessions in, set up as the store's documentation shows it. */
export interface Ground {
  /** A store object of a library on it, as each process of an application has one. */
  make(session: SessionFunction): StoreLike
  /** Forgets every session. */
  empty(): unknown
  /** Where the engine has a clock of its own that can be given: that of this process's `Date`. */
  followDate?(): void
  /** Where it has one that cannot: what it keeps becomes older by so many milliseconds, and the time that went by for it since is taken back. */
  age?(milliseconds: number): Promise<void>
  close(): unknown
}

/** Where the engines are, and a folder and a name that nobody else uses. */
export interface Where {
  readonly folder: string
  readonly name: string
  readonly urls: { readonly [engine: string]: string | undefined }
}

export interface StoreInUse {
  readonly engine?: 'redis' | 'postgres' | 'mariadb'
  /** Optional methods that it has not. */
  readonly without: readonly string[]
  /** Whether it calls back before its method returns. */
  readonly isSync: boolean
  /** What it puts into each session, for itself. */
  readonly ownKeys?: readonly string[]
  open(where: Where): Promise<Ground>
}

/** The stores that people have, unmodified, and the engine that each needs. */
export const stores: { readonly [name: string]: StoreInUse } = {
  'connect-redis': { engine: 'redis', without: [], isSync: false, open: redisGround },
  'connect-pg-simple': {
    engine: 'postgres',
    without: ['all', 'length', 'clear'],
    isSync: false,
    async open({ name, urls }) {
      const pool = new (requireHere('pg').Pool)({ connectionString: urls['postgres'] })
      // Its own table.sql, by another name: the index there has one that a database can hold once.
      await pool.query(`CREATE TABLE IF NOT EXISTS ${name} (sid varchar PRIMARY KEY, sess json NOT NULL, expire timestamp(6) NOT NULL)`)
      return {
        make: (session) => new (requireHere('connect-pg-simple')(session))({ pool, tableName: name, pruneSessionInterval: false }),
        empty: () => pool.query(`DELETE FROM ${name}`),
        close: () => pool.end(),
      }
    },
  },
  'express-mysql-session': {
    engine: 'mariadb',
    without: [],
    isSync: false,
    async open({ name, urls }) {
      const pool = requireHere('mysql2/promise').createPool(urls['mariadb'])
      // Its own schema.sql.
      await pool.query(
        `CREATE TABLE IF NOT EXISTS ${name} (session_id VARCHAR(128) COLLATE utf8mb4_bin NOT NULL PRIMARY KEY, expires INT(11) UNSIGNED NOT NULL, data MEDIUMTEXT COLLATE utf8mb4_bin)`,
      )
      return {
        make: (session) =>
          new (requireHere('express-mysql-session')(session))({ createDatabaseTable: false, clearExpired: false, schema: { tableName: name } }, pool),
        empty: () => pool.query(`DELETE FROM ${name}`),
        close: () => pool.end(),
      }
    },
  },
  memorystore: {
    without: [],
    isSync: false,
    // The sessions are in the store object itself.
    open: async () => ({ make: (session) => new (requireHere('memorystore')(session))({ checkPeriod: 86_400_000 }), empty() {}, close() {} }),
  },
  'better-sqlite3-session-store': { without: [], isSync: true, open: sqliteGround },
  'session-file-store': {
    without: ['all'],
    isSync: false,
    ownKeys: ['__lastAccess'],
    async open({ folder, name }) {
      const path = join(folder, name)
      return {
        make: (session) => new (requireHere('session-file-store')(session))({ path, retries: 0, reapInterval: -1, logFn() {} }),
        empty: () => rmSync(path, { recursive: true, force: true }),
        close() {},
      }
    },
  },
}
