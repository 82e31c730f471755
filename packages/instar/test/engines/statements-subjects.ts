import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { DatabaseSync } from 'node:sqlite'
import { type Engine, engineParts, startMariaDb, startPostgres, startRedis } from '@instar/engines'
import type { SessionStore } from 'instar'
import { type SqliteDatabase, sqliteStore } from 'instar/stores/sqlite'
import { TestClock } from 'instar/testing'
import { openStore } from './drivers.ts'
import { type Counter, countsOf, mariaDbCounter, postgresCounter } from './statements-counters.ts'
import { redisCounter } from './statements-redis.ts'

export const COUNTED = ['node:sqlite', 'pg', 'postgres.js', 'mysql2', 'node-redis', 'ioredis'] as const
export type Counted = (typeof COUNTED)[number]

/** A store on a server of its own, where every statement is the store's, and a counter of what that server gets. */
export interface Subject {
  readonly driver: Counted
  /** Such as 'PostgreSQL 15.20' and 'pg 8.23.1'. */
  readonly versions: readonly [engine: string, driver: string]
  readonly store: SessionStore
  readonly clock: TestClock
  readonly counter: Counter
  close(): Promise<void>
}

/** Undefined where the driver's server, or what counts in it, is not on this machine. */
export function openSubject(driver: Counted): Promise<Subject | undefined> {
  return driver === 'node:sqlite' ? openSqlite() : openOnServer(driver)
}

/** SQLite has no side of its own: the statements of the handle that the store was given are counted. */
async function openSqlite(): Promise<Subject> {
  const database = new DatabaseSync(':memory:')
  const clock = new TestClock()
  let statements: string[] = []
  const counted: SqliteDatabase = {
    exec: (sql) => statements.push(sql) && database.exec(sql),
    get isTransaction() {
      return database.isTransaction
    },
    prepare(sql) {
      const statement = database.prepare(sql)
      const noted =
        (method: 'run' | 'get' | 'all') =>
        (...values: Parameters<typeof statement.run>) =>
          statements.push(sql) && statement[method](...values)
      return { run: noted('run'), get: noted('get'), all: noted('all') } as never
    },
  }
  const store = sqliteStore(counted, { now: clock.now })
  const counter: Counter = {
    async count(work) {
      statements = []
      await work()
      return countsOf(statements.map((statement) => [statement, 1]))
    },
    close: async () => database.close(),
  }
  return {
    driver: 'node:sqlite',
    versions: [`SQLite ${process.versions['sqlite']}`, `Node ${process.versions.node}`],
    store,
    clock,
    counter,
    close: counter.close,
  }
}

const PRELOADED = { shared_preload_libraries: 'pg_stat_statements' }

const recipes = {
  PostgreSQL: { start: () => startPostgres({ settings: PRELOADED }), counter: postgresCounter },
  MariaDB: { start: startMariaDb, counter: mariaDbCounter },
  Redis: { start: startRedis, counter: redisCounter },
}

const onServers = {
  pg: { on: 'PostgreSQL', package: 'pg' },
  'postgres.js': { on: 'PostgreSQL', package: 'postgres' },
  mysql2: { on: 'MariaDB', package: 'mysql2' },
  'node-redis': { on: 'Redis', package: 'redis' },
  ioredis: { on: 'Redis', package: 'ioredis' },
} as const

async function openOnServer(driver: keyof typeof onServers): Promise<Subject | undefined> {
  const { on, package: name } = onServers[driver]
  const engine = await started(on)
  if (!engine) return undefined
  const clock = new TestClock()
  const { store, close } = await openStore({ driver, url: engine.url, name: on === 'Redis' ? 'counted:' : 'counted' }, clock.now)
  const counter = await recipes[on].counter(engine.url)
  return {
    driver,
    versions: [`${on} ${engine.version.replace('-MariaDB', '')}`, `${name} ${versionOf(name)}`],
    store,
    clock,
    counter,
    async close() {
      await Promise.all([counter.close(), close()])
      await engine.stop()
    },
  }
}

async function started(name: keyof typeof recipes): Promise<Engine | undefined> {
  if (!engineParts().some((part) => part.name === name && part.path !== undefined)) return undefined
  try {
    return await recipes[name].start()
  } catch (error) {
    if (String(error).includes('pg_stat_statements')) return undefined // A PostgreSQL without its contributed modules does not start with that setting.
    throw error
  }
}

const versionOf = (name: string): string => JSON.parse(readFileSync(findPackageJSON(name, import.meta.url) as string, 'utf8')).version
