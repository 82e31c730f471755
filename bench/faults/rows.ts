import { type EngineName, type RedisOptions, startMariaDb, startPostgres, startRedis } from '@instar/engines'
import type { Driver } from './drivers.ts'
import type { Flaw } from './flawed-stores.ts'
import type { Verdict } from './tally.ts'
import { lostPrimary } from './worlds/sentinel.ts'
import { cutConnections, killedApplication, killedServer } from './worlds/servers.ts'
import { fullDisk, killedOnFile } from './worlds/sqlite.ts'
import type { World } from './worlds/world.ts'

export type Column = keyof Pick<Verdict, 'lost' | 'lookedLoggedOut' | 'aliveAgain' | 'usersChanged' | 'countedTwice'>

/** One line of the table: a fault that befalls an engine as a driver sees it. */
export interface Row {
  readonly fault: string
  /** The engine with what matters of its settings. */
  readonly engine: string
  readonly driver: Driver
  /** The server that has to be on this machine. */
  readonly needs?: EngineName
  readonly open: (seed: number) => Promise<World>
  /** The fault comes within so many milliseconds. */
  readonly latest?: number
  /** With fewer rounds chance could hide what is looked for. */
  readonly leastRounds?: number
  /** What its documentation says can happen. */
  readonly mayLose?: boolean
  readonly mayRevive?: boolean
  /** A fault that is built in, and the column in which it has to show. */
  readonly control?: { readonly flaw?: Flaw; readonly column: Column }
}

export const nameOf = ({ fault, engine, driver }: Row): string => `${fault}: ${engine}, ${driver}`

const postgres = () => startPostgres({ durable: true })
const mariadb = () => startMariaDb({ durable: true })
const redis = (settings: NonNullable<RedisOptions['settings']>) => () => startRedis({ settings })
const appendOnly = (appendfsync: string) => redis({ appendonly: 'yes', appendfsync })

const SERVER_KILLED = 'server killed'
const APPLICATION_KILLED = 'application killed'
const CONNECTIONS_RESET = 'connections reset'
const PRIMARY_KILLED = 'primary killed'
const PRIMARY_CUT_OFF = 'primary cut off, then killed'
const DISK_FULL = 'disk full'
const CONTROL = 'control'

const redisKilled = (engine: string, driver: Driver, start: ReturnType<typeof redis>, more: Partial<Row> = {}): Row => ({
  fault: SERVER_KILLED,
  engine: `Redis, ${engine}`,
  driver,
  needs: 'Redis',
  open: () => killedServer(driver, start),
  ...more,
})

const postgresKilled = (driver: Driver): Row => ({
  fault: SERVER_KILLED,
  engine: 'PostgreSQL',
  driver,
  needs: 'PostgreSQL',
  open: () => killedServer(driver, postgres),
})

const sentinel = (driver: Driver, isCutOff: boolean): Row => ({
  fault: isCutOff ? PRIMARY_CUT_OFF : PRIMARY_KILLED,
  engine: 'Redis, two replicas',
  driver,
  needs: 'Redis',
  open: () => lostPrimary(driver, { isCutOff }),
  mayLose: true,
  mayRevive: isCutOff,
})

const cut = (engine: string, driver: Driver, needs: EngineName, start: Parameters<typeof cutConnections>[1]): Row => ({
  fault: CONNECTIONS_RESET,
  engine,
  driver,
  needs,
  open: (seed) => cutConnections(driver, start, seed),
})

const control = (flaw: Flaw, column: Column): Row => ({
  fault: CONTROL,
  engine: `SQLite, a store that ${flaw}`,
  driver: 'node:sqlite',
  open: killedOnFile,
  control: { flaw, column },
})

export const ROWS: readonly Row[] = [
  postgresKilled('pg'),
  postgresKilled('postgres.js'),
  { fault: SERVER_KILLED, engine: 'MariaDB', driver: 'mysql2', needs: 'MariaDB', open: () => killedServer('mysql2', mariadb) },
  redisKilled('AOF always', 'node-redis', appendOnly('always')),
  redisKilled('AOF everysec', 'node-redis', appendOnly('everysec'), { mayLose: true }),
  redisKilled('AOF everysec', 'ioredis', appendOnly('everysec'), { mayLose: true }),
  redisKilled('AOF no', 'node-redis', appendOnly('no'), { mayLose: true }),
  redisKilled('snapshots alone', 'node-redis', redis({ save: '1 1' }), { mayLose: true, mayRevive: true, latest: 3_000 }),
  redisKilled('nothing on disk', 'node-redis', redis({}), { mayLose: true }),

  { fault: APPLICATION_KILLED, engine: 'SQLite', driver: 'node:sqlite', open: killedOnFile },
  { fault: APPLICATION_KILLED, engine: 'PostgreSQL', driver: 'pg', needs: 'PostgreSQL', open: () => killedApplication('pg', postgres) },
  { fault: APPLICATION_KILLED, engine: 'MariaDB', driver: 'mysql2', needs: 'MariaDB', open: () => killedApplication('mysql2', mariadb) },
  {
    fault: APPLICATION_KILLED,
    engine: 'Redis, AOF everysec',
    driver: 'node-redis',
    needs: 'Redis',
    open: () => killedApplication('node-redis', appendOnly('everysec')),
  },

  cut('PostgreSQL', 'pg', 'PostgreSQL', postgres),
  cut('PostgreSQL', 'postgres.js', 'PostgreSQL', postgres),
  cut('MariaDB', 'mysql2', 'MariaDB', mariadb),
  cut('Redis', 'node-redis', 'Redis', redis({})),
  cut('Redis', 'ioredis', 'Redis', redis({})),

  sentinel('node-redis Sentinel', false),
  sentinel('ioredis Sentinel', false),
  sentinel('node-redis Sentinel', true),
  sentinel('ioredis Sentinel', true),
  { ...sentinel('ioredis Sentinel, waitForReplicas: 1', true), mayLose: false, mayRevive: false },

  { fault: DISK_FULL, engine: 'SQLite', driver: 'node:sqlite', open: fullDisk },
]

/** Rows in which the harness has to find something, or it finds nothing anywhere. */
export const CONTROLS: readonly Row[] = [
  {
    fault: CONTROL,
    engine: 'PostgreSQL, synchronous_commit off, server killed',
    driver: 'pg',
    needs: 'PostgreSQL',
    open: () => killedServer('pg', () => startPostgres({ durable: true, settings: { synchronous_commit: 'off' } })),
    leastRounds: 5,
    control: { column: 'lost' },
  },
  control('answersBeforeWriting', 'lost'),
  control('takesFailuresForAbsence', 'lookedLoggedOut'),
  control('forgetsEndings', 'aliveAgain'),
  control('mixesRowsUp', 'usersChanged'),
  control('missesItsOwnWrites', 'countedTwice'),
]
