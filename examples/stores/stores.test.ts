import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, test } from 'node:test'
import {
  type Engine,
  engineParts,
  freshMysqlDatabase,
  freshPostgresDatabase,
  type RedisCluster,
  type RedisSentinel,
  sharedEngines,
  startRedisCluster,
  startRedisSentinel,
} from '@instar/engines'
import type { SessionManager } from 'instar'
import { memoryStore } from 'instar/stores/memory'
import { createTestSession } from 'instar/testing'
import { encryptedSessions } from './encrypted.ts'

interface Example {
  readonly sessions: SessionManager
  close(): unknown
}

const engines = await sharedEngines()
const hasRedis = engineParts().some(({ name, path }) => name === 'Redis' && path !== undefined)
const cluster: RedisCluster | undefined = hasRedis ? await startRedisCluster() : undefined
const sentinel: RedisSentinel | undefined = hasRedis ? await startRedisSentinel() : undefined
after(() => Promise.all([engines.stop(), cluster?.stop(), sentinel?.stop()]))

const first = (nodes: readonly Engine[] | undefined): Engine | undefined => nodes?.[0]
const databases = {
  postgres: engines.postgres && (await freshPostgresDatabase(engines.postgres)),
  mysql: engines.mariadb && (await freshMysqlDatabase(engines.mariadb)),
}
const urlOf = (database: { readonly url: string } | string | undefined): string | undefined => (typeof database === 'object' ? database.url : undefined)

/** Each example, with the environment that it reads; undefined where its server is not on this machine. */
const examples: readonly (readonly [name: string, variable: string, value: string | undefined, load: () => Promise<Example>])[] = [
  ['pg', 'DATABASE_URL', urlOf(databases.postgres), () => import('./pg.ts')],
  ['postgres.js', 'DATABASE_URL', urlOf(databases.postgres), () => import('./postgres-js.ts')],
  ['a cache over PostgreSQL', 'DATABASE_URL', urlOf(databases.postgres), () => import('./cached-pg.ts')],
  ['a cache over Redis', 'REDIS_URL', engines.redis, () => import('./cached-redis.ts')],
  ['PGlite', 'NODE_ENV', process.env['NODE_ENV'] ?? '', () => import('./pglite.ts')],
  ['mysql2', 'DATABASE_URL', urlOf(databases.mysql), () => import('./mysql.ts')],
  ['node-redis', 'REDIS_URL', engines.redis, () => import('./node-redis.ts')],
  ['node-redis on a Cluster', 'REDIS_URL', first(cluster?.nodes)?.url, () => import('./node-redis-cluster.ts')],
  ['node-redis with Sentinel', 'SENTINEL_PORT', first(sentinel?.sentinels)?.port.toString(), () => import('./node-redis-sentinel.ts')],
  ['ioredis', 'REDIS_URL', engines.redis, () => import('./ioredis.ts')],
  ['ioredis on a Cluster', 'REDIS_URL', first(cluster?.nodes)?.url, () => import('./ioredis-cluster.ts')],
  ['ioredis with Sentinel', 'SENTINEL_PORT', first(sentinel?.sentinels)?.port.toString(), () => import('./ioredis-sentinel.ts')],
]

async function logInAndOut(sessions: SessionManager): Promise<void> {
  const { cookie } = await createTestSession(sessions, { userId: 'ann' })
  const open = () => sessions.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie }) })
  assert.equal((await open()).userId, 'ann')
  assert.equal((await sessions.list('ann')).length, 1)
  await (await open()).logout()
  assert.equal((await open()).userId, null)
}

for (const [name, variable, value, load] of examples) {
  test(`the example of ${name} logs in, lists and logs out`, { skip: value === undefined ? 'Its server is not on this machine.' : false }, async () => {
    process.env[variable] = value
    const { sessions, close } = await load()
    await logInAndOut(sessions)
    await close()
  })
}

test('the example of encryption logs in, lists and logs out', async () => {
  process.env['SESSION_KEYS'] = [1, 2].map(() => randomBytes(32).toString('base64url')).join(',')
  await logInAndOut(encryptedSessions(memoryStore()))
})
