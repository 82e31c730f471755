import type { EngineName } from '@instar/engines'
import { onMemory } from './on-memory.ts'
import { onMysql } from './on-mysql.ts'
import { onPglite, onPostgres } from './on-postgres.ts'
import { onRedis } from './on-redis.ts'
import { onSqlite } from './on-sqlite.ts'
import type { OpenSubject } from './subject.ts'

interface Measurable {
  readonly open: OpenSubject
  readonly needs?: EngineName
  /** Beyond so many rows it is not meant to be used. */
  readonly most?: number
  /** There is nothing to purge. */
  readonly expiresByItself?: boolean
  /** The store purges too when it is written to after a while, so that a purge may find less than has expired. */
  readonly sweepsByItself?: boolean
}

export const ENGINES: { readonly [name: string]: Measurable } = {
  memory: { open: onMemory, sweepsByItself: true },
  'node:sqlite': { open: onSqlite },
  PGlite: { open: onPglite, most: 100_000 },
  pg: { open: onPostgres, needs: 'PostgreSQL' },
  mysql2: { open: onMysql, needs: 'MariaDB' },
  'node-redis': { open: onRedis, needs: 'Redis', expiresByItself: true },
}
