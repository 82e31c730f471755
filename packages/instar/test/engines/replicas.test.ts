import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { engineParts, freshRedisPrefix, startRedisSentinel } from '@instar/engines'
import { SessionManager, type SessionRow } from 'instar'
import { redisStore } from 'instar/stores/redis'
import { createTestSession, storeConformance, TestClock } from 'instar/testing'
import { Cluster, Redis } from 'ioredis'
import { createClient, createClientPool, createSentinel } from 'redis'
import { MISSING } from './servers.ts'

const hasRedis = engineParts().some(({ name, path }) => name === 'Redis' && path !== undefined)
const sentinel = hasRedis ? await startRedisSentinel() : undefined
const sentinels = (sentinel?.sentinels ?? []).map(({ host, port }) => ({ host, port }))
const url = sentinel?.primary.url ?? ''

const ioredis = new Redis(hasRedis ? { name: 'instar', sentinels, lazyConnect: true } : { lazyConnect: true })
const clients = hasRedis
  ? {
      'ioredis with Sentinel': ioredis,
      'node-redis with Sentinel': await createSentinel({ name: 'instar', sentinelRootNodes: sentinels })
        .on('error', () => {})
        .connect(),
      'node-redis': await createClient({ url }).connect(),
      'a pool of node-redis': await connected(createClientPool({ url })),
    }
  : {}
after(async () => {
  ioredis.disconnect()
  await Promise.all(Object.values(clients).map((client) => ('close' in client ? client.close() : undefined)))
  await sentinel?.stop()
})

async function connected<Pool extends { connect(): Promise<unknown> }>(pool: Pool): Promise<Pool> {
  await pool.connect()
  return pool
}

describe('a store that waits for a replica', { skip: hasRedis ? false : MISSING }, () => {
  for (const [name, client] of Object.entries(clients)) {
    for (const { title, check } of storeConformance) {
      test(`${title} (${name})`, async () => {
        const clock = new TestClock()
        await check({ store: redisStore(client, { prefix: freshRedisPrefix(), now: clock.now, waitForReplicas: 1 }), clock })
      })
    }
  }

  test('what it has written is on so many replicas when it is answered', async () => {
    const row: SessionRow = { id: 'row', userId: 'ann', secretHash: 'h', version: 1, expiresAt: Date.now() + 1e6, endsAt: Date.now() + 1e6, payload: 'first' }
    const replicas = (sentinel?.replicas ?? []).map((replica) => new Redis(replica.url))
    const onReplicas = async (key: string): Promise<(string | null)[]> => (await Promise.all(replicas.map((replica) => replica.hget(key, 'p')))).sort()
    for (const client of Object.values(clients)) {
      const prefix = freshRedisPrefix()
      const store = redisStore(client, { prefix, waitForReplicas: 2 })
      await store.create(row)
      assert.deepEqual(await onReplicas(`${prefix}row:row`), ['first', 'first'])
      await store.update({ ...row, payload: 'second' })
      assert.deepEqual(await onReplicas(`${prefix}row:row`), ['second', 'second'])
      await store.delete('row')
      assert.deepEqual(await onReplicas(`${prefix}row:row`), [null, null])
    }
    for (const replica of replicas) replica.disconnect()
  })

  test('with no replica in reach a login and a logout are answered as failed, and reads go on', async () => {
    const managers = Object.values(clients).map(
      (client) => new SessionManager({ store: redisStore(client, { prefix: freshRedisPrefix(), waitForReplicas: 1 }) }),
    )
    const made = await Promise.all(managers.map((sessions) => createTestSession(sessions, { userId: 'ann' })))
    for (const { pid } of sentinel?.replicas ?? []) process.kill(pid, 'SIGSTOP')
    try {
      await Promise.all(
        managers.map(async (sessions, n) => {
          const open = (cookie = made[n]?.cookie ?? '') => sessions.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie }) })
          const session = await open()
          assert.equal(session.userId, 'ann')
          await assert.rejects(session.logout(), (error: Error & { code: string }) => {
            assert.equal(error.code, 'store_unavailable')
            assert.match((error.cause as Error).message, /Of 1 replicas \(waitForReplicas\) 0 had the write within 1 second/)
            return true
          })
        }),
      )
    } finally {
      for (const { pid } of sentinel?.replicas ?? []) process.kill(pid, 'SIGCONT')
    }
  })

  test('a Cluster of ioredis is refused, since it would ask any node, and so is an odd number', () => {
    const cluster = new Cluster([url], { lazyConnect: true })
    assert.throws(() => redisStore(cluster, { waitForReplicas: 1 }), { code: 'bad_option', message: /createCluster/ })
    for (const waitForReplicas of [-1, 1.5, '1'])
      assert.throws(() => redisStore(ioredis, { waitForReplicas: waitForReplicas as number }), { code: 'bad_option' })
  })
})
