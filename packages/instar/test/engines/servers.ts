import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { engineParts, sharedEngines, startRedisCluster, startRedisSentinel } from '@instar/engines'
import type { Driver, Place } from './drivers.ts'

/** The servers of a test file, and places on them that nobody has used. */
export interface Servers {
  /** Undefined where the driver's server is not on this machine; `mend` says what to do. */
  place(driver: Driver): Place | undefined
  stop(): Promise<void>
}

/** Starts what these drivers need, once for all of them; a server that the test run has started already is used. */
export async function serversFor(drivers: readonly Driver[]): Promise<Servers> {
  const folder = mkdtempSync(join(tmpdir(), 'instar-engines-'))
  const engines = await sharedEngines()
  const hasRedis = engineParts().some(({ name, path }) => name === 'Redis' && path !== undefined)
  const cluster = hasRedis && drivers.some((driver) => driver.endsWith('Cluster')) ? await startRedisCluster() : undefined
  const sentinel = hasRedis && drivers.some((driver) => driver.endsWith('Sentinel')) ? await startRedisSentinel() : undefined
  const urls: { readonly [driver in Driver]: string | undefined } = {
    'node:sqlite': join(folder, 'sessions.db'),
    PGlite: 'memory',
    pg: engines.postgres,
    'pg Client': engines.postgres,
    'postgres.js': engines.postgres,
    mysql2: engines.mariadb,
    'node-redis': engines.redis,
    ioredis: engines.redis,
    'node-redis Cluster': cluster && addressesOf(cluster.nodes),
    'ioredis Cluster': cluster && addressesOf(cluster.nodes),
    'node-redis Sentinel': sentinel && addressesOf(sentinel.sentinels),
    'ioredis Sentinel': sentinel && addressesOf(sentinel.sentinels),
  }
  return {
    place(driver) {
      const url = urls[driver]
      const name = `t_${randomBytes(6).toString('hex')}`
      return url === undefined ? undefined : { driver, url, name: /redis/.test(driver) ? `${name}:` : name }
    },
    async stop() {
      await Promise.all([engines.stop(), cluster?.stop(), sentinel?.stop()])
      rmSync(folder, { recursive: true })
    },
  }
}

export const MISSING = 'Its server is not on this machine; "npm test" says how to get it.'

const addressesOf = (nodes: readonly { readonly host: string; readonly port: number }[]): string => nodes.map(({ host, port }) => `${host}:${port}`).join(',')
