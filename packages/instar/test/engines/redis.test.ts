import assert from 'node:assert/strict'
import { after, beforeEach, describe, test } from 'node:test'
import { startRedis } from '@instar/engines'
import { type RequestLike, SessionManager, type SessionRow, type SessionStore } from 'instar'
import { type IoRedis, redisStore } from 'instar/stores/redis'
import { createTestSession, TestClock } from 'instar/testing'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { MISSING, serversFor } from './servers.ts'

const servers = await serversFor(['ioredis'])
const url = servers.place('ioredis')?.url
const redis = url === undefined ? undefined : new Redis(url)
after(async () => {
  redis?.disconnect()
  await servers.stop()
})

const HOUR = 3_600_000
const rowOf = (id: string, fields: Partial<SessionRow> = {}): SessionRow => ({
  id,
  userId: 'ann',
  secretHash: 'h',
  version: 1,
  expiresAt: Date.now() + HOUR,
  endsAt: Date.now() + 12 * HOUR,
  payload: '{}',
  ...fields,
})

type Hook = (command: number, run: () => Promise<unknown>) => Promise<unknown>

/** A client with a hand on each of its commands. */
const between = (client: Redis, hook: (run: () => Promise<unknown>) => Promise<unknown>): IoRedis => ({
  eval: (script, keys, ...values) => hook(() => client.eval(script, keys, ...values)),
  evalsha: (sha, keys, ...values) => hook(() => client.evalsha(sha, keys, ...values)),
})

describe('Redis', { skip: redis ? false : MISSING }, () => {
  const client = redis as Redis
  let prefix = ''
  let store: SessionStore
  beforeEach(async () => {
    prefix = servers.place('ioredis')?.name ?? ''
    store = redisStore(client, { prefix })
    // So that the server has every script, and an operation is one command.
    await store.create(rowOf('warm-up', { userId: 'nobody' }))
    await store.update(rowOf('warm-up'))
    await store.listByUser('nobody')
    await store.deleteAll()
  })

  const GET = (cookie: string | undefined): RequestLike => ({ method: 'GET', url: 'https://shop.example/', headers: new Headers(cookie ? { cookie } : {}) })
  const cookieOf = (setCookie: readonly string[]): string | undefined => setCookie[0]?.split(';')[0]

  /** A visitor with an anonymous session logs in; `hook` stands between its commands. The login's cookie, if there is one. */
  async function loginThrough(hook: Hook): Promise<string | undefined> {
    let isLogin = false
    let commands = 0
    const through = between(client, (run) => (isLogin ? hook(++commands, run) : run()))
    const sessions = new SessionManager({ store: redisStore(through, { prefix }) })
    const visit = await sessions.open(GET(undefined))
    visit.set('cart', 'tea')
    const session = await sessions.open(GET(cookieOf((await visit.commit({ status: 200 })).setCookie)))
    isLogin = true
    const isLoggedIn = await session.login('ann').then(
      () => true,
      () => false,
    )
    isLogin = false
    assert.equal(isLoggedIn ? commands : 3, 3, 'a login is three commands: its index, its row, the end of the row before it')
    return isLoggedIn ? cookieOf((await session.commit({ status: 200 })).setCookie) : undefined
  }

  async function whoIs(cookie: string): Promise<string | null> {
    const session = await new SessionManager({ store }).open(GET(cookie))
    return session.userId
  }

  const liveRows = async (): Promise<string[]> => {
    const keys = await client.keys(`${prefix}row:*`)
    const rows = await Promise.all(keys.map((key) => store.find(key.slice(`${prefix}row:`.length))))
    return rows.flatMap((row) => (row && row.userId === 'ann' && row.secretHash !== '' ? row.id : [])).sort()
  }
  const listed = async (): Promise<string[]> => (await store.listByUser('ann')).filter(({ secretHash }) => secretHash !== '').map(({ id }) => id)

  for (const point of [1, 2, 3]) {
    test(`a list and a revocation before command ${point} of a login never leave a session that neither sees`, async () => {
      let seenThen: string[] = []
      let liveThen: string[] = []
      const cookie = await loginThrough(async (command, run) => {
        if (command === point) {
          liveThen = await liveRows()
          seenThen = await listed()
          await store.deleteByUser('ann')
        }
        return run()
      })
      assert.deepEqual(seenThen, liveThen, 'the list saw what was there')
      assert.deepEqual(await listed(), await liveRows(), 'the list sees what is there')
      assert.ok(cookie)
      await store.deleteByUser('ann')
      assert.deepEqual([await liveRows(), await whoIs(cookie)], [[], null], 'and it can be revoked')
    })

    test(`a process that ends before command ${point} of a login leaves no session that a list does not see`, async () => {
      const cookie = await loginThrough(async (command, run) => {
        if (command >= point) throw new Error('The process is gone.')
        return run()
      })
      assert.equal(cookie, undefined)
      assert.equal((await liveRows()).length, point === 3 ? 1 : 0)
      assert.deepEqual(await listed(), await liveRows())
      await store.deleteByUser('ann')
      assert.deepEqual(await liveRows(), [])
    })
  }

  test('rows and indexes expire by themselves, an index after the last of its sessions', async () => {
    await store.create(rowOf('short'))
    await store.create(rowOf('long', { endsAt: Date.now() + 48 * HOUR }))
    await store.create(rowOf('shorter', { endsAt: Date.now() + 2 * HOUR }))
    const row = await client.pttl(`${prefix}row:short`)
    assert.ok(row > 0.9 * HOUR && row <= HOUR, `${row} ms`)
    const index = await client.pttl(`${prefix}user:ann`)
    assert.ok(index > 48 * HOUR && index <= 49 * HOUR, `${index} ms`)
    await store.update(rowOf('short', { expiresAt: Date.now() + 2 * HOUR }))
    assert.ok((await client.pttl(`${prefix}row:short`)) > 1.9 * HOUR)
  })

  test('an entry of the index stays while its time has not passed, though its row is gone, and goes with a later login when it has', async () => {
    const clock = new TestClock()
    const timed = redisStore(client, { prefix, now: clock.now })
    const entries = (): Promise<string[]> => client.zrange(`${prefix}user:ann`, '0', '-1')
    await timed.create(rowOf('first', { expiresAt: clock.time + HOUR, endsAt: clock.time + 2 * HOUR }))
    await timed.delete('first')
    await timed.create(rowOf('second', { expiresAt: clock.time + HOUR, endsAt: clock.time + 24 * HOUR }))
    assert.deepEqual(await entries(), ['first', 'second'])
    clock.advance(2 * HOUR + HOUR / 2)
    await timed.create(rowOf('third', { expiresAt: clock.time + HOUR, endsAt: clock.time + 24 * HOUR }))
    assert.deepEqual(await entries(), ['first', 'second', 'third'], 'a clock that is behind may still hold it for alive')
    clock.advance(HOUR)
    await timed.create(rowOf('fourth', { expiresAt: clock.time + HOUR, endsAt: clock.time + 24 * HOUR }))
    assert.deepEqual(await entries(), ['second', 'third', 'fourth'])
  })

  test('a write that the driver sends twice, because its answer was lost, is done once and counts as done', async () => {
    const twice = redisStore(
      between(client, async (run) => {
        await run()
        return run()
      }),
      { prefix },
    )
    await twice.create(rowOf('row'))
    assert.equal(await twice.update(rowOf('row', { payload: 'new' })), true)
    assert.deepEqual([(await store.find('row'))?.version, (await store.find('row'))?.payload], [2, 'new'])
    assert.equal(await twice.update(rowOf('row', { payload: 'late' })), false)
  })

  test('a write that is sent again after others have written the row is still done once', async () => {
    await store.create(rowOf('row'))
    let again: (() => Promise<unknown>) | undefined
    const late = redisStore(
      between(client, (run) => {
        again = run
        return run()
      }),
      { prefix },
    )
    assert.equal(await late.update(rowOf('row', { payload: 'mine' })), true)
    for (let version = 2; version < 9; version++) assert.equal(await store.update(rowOf('row', { version, payload: 'theirs' })), true)
    assert.equal(await again?.(), 1, 'it is told that it was done')
    assert.deepEqual([(await store.find('row'))?.version, (await store.find('row'))?.payload], [9, 'theirs'])
  })

  test('a row that another process wrote with the same content is not taken for its own write', async () => {
    await store.create(rowOf('row'))
    const other = redisStore(client, { prefix })
    const next = rowOf('row', { payload: 'same' })
    assert.deepEqual([await store.update(next), await other.update(next)], [true, false])
  })

  test('a server that forgot its scripts is told them again', async () => {
    await store.create(rowOf('row'))
    await client.script('FLUSH')
    assert.equal((await store.find('row'))?.id, 'row')
    assert.equal(await store.update(rowOf('row')), true)
  })

  test('a user whose id looks like a pattern, a tag or a key is a user like any other', async () => {
    for (const [n, userId] of ['*', '{x}', 'ann:row:1', '..', 'ü🙂', ' '].entries()) {
      await store.create(rowOf(`row${n}`, { userId }))
      assert.deepEqual(
        (await store.listByUser(userId)).map(({ id }) => id),
        [`row${n}`],
      )
      assert.equal(await store.deleteByUser(userId), 1)
    }
  })

  test('deleteAll ends the rows of its prefix and no others, whatever the prefix looks like', async () => {
    const odd = redisStore(client, { prefix: `${prefix}[a-z]*?\\^:` })
    const others = [redisStore(client, { prefix: `${prefix}b:` }), store]
    for (const each of [odd, ...others]) await each.create(rowOf('row'))
    assert.equal(await odd.deleteAll(), 1)
    assert.equal(await odd.find('row'), undefined)
    for (const other of others) assert.equal((await other.find('row'))?.id, 'row')
  })

  /** A client that keeps how many keys each command had. */
  const watched = (keysOf: number[], refuse: (keys: number) => void = () => {}): IoRedis => ({
    eval: (script, keys, ...values) => client.eval(script, keys, ...values),
    async evalsha(sha, keys, ...values) {
      keysOf.push(keys)
      refuse(keys)
      return client.evalsha(sha, keys, ...values)
    },
  })
  const idsOf = (rows: readonly (SessionRow | undefined)[]) => rows.map((row) => row?.id)

  test('the rows that are asked for in one turn travel in one command, each to who asked for it', async () => {
    for (const id of ['a', 'b', 'c']) await store.create(rowOf(id, { payload: `"${id}"` }))
    await Promise.all(['a', 'b'].map((id) => store.find(id))) // So that the server has the script.
    const keysOf: number[] = []
    const counted = redisStore(watched(keysOf), { prefix })
    const found = await Promise.all(['a', 'gone', 'c', 'a', 'b'].map((id) => counted.find(id)))
    assert.deepEqual(idsOf(found), ['a', undefined, 'c', 'a', 'b'])
    assert.deepEqual(
      found.map((row) => row?.payload),
      ['"a"', undefined, '"c"', '"a"', '"b"'],
    )
    assert.equal((await counted.find('b'))?.id, 'b')
    assert.deepEqual(keysOf, [4, 1])
  })

  test('behind what looks like one server and is a Cluster, rows are found one by one from the first refusal on', async () => {
    for (const id of ['a', 'b']) await store.create(rowOf(id))
    await Promise.all(['a', 'b'].map((id) => store.find(id)))
    const keysOf: number[] = []
    const proxied = redisStore(
      watched(keysOf, (keys) => {
        if (keys > 1) throw new Error("CROSSSLOT Keys in request don't hash to the same slot")
      }),
      { prefix },
    )
    for (let n = 0; n < 2; n++) assert.deepEqual(idsOf(await Promise.all(['a', 'b'].map((id) => proxied.find(id)))), ['a', 'b'])
    assert.deepEqual(keysOf, [2, 1, 1, 1, 1])
  })

  test('a key that holds something else keeps nobody from the row beside it', async () => {
    await store.create(rowOf('a'))
    await client.set(`${prefix}row:odd`, 'a text')
    const odd = store.find('odd')
    const found = store.find('a')
    await assert.rejects(async () => odd, /WRONGTYPE/)
    assert.equal((await found)?.id, 'a')
  })

  test('deleteAll ends more rows than one look finds', async () => {
    await Promise.all(Array.from({ length: 2500 }, (_, n) => store.create(rowOf(`row${n}`))))
    assert.equal(await store.deleteAll(), 2500)
    assert.deepEqual(await store.listByUser('ann'), [])
  })

  test('a server without memory left still ends sessions: one by its logout, those of a user all', async () => {
    const engine = await startRedis()
    const full = new Redis(engine.url)
    const sessions = new SessionManager({ store: redisStore(full, { prefix }) })
    const cookies: string[] = []
    for (let n = 0; n < 300; n++) cookies.push((await createTestSession(sessions, { userId: 'ann' })).cookie)
    const open = (n: number) => sessions.open(GET(cookies[n]))
    await sessions.revoke('ann', (await open(0)).handle ?? '')
    const leaving = await open(1)
    await full.config('SET', 'maxmemory', '1')
    await assert.rejects(createTestSession(sessions, { userId: 'bob' }), { code: 'store_unavailable' })
    await leaving.logout()
    assert.equal((await open(1)).userId, null)
    assert.equal(await sessions.revokeAll('ann'), 298)
    assert.deepEqual(await sessions.list('ann'), [])
    full.disconnect()
    await engine.stop()
  })

  test('a client that prefixes keys by itself is refused: a scan would not find its keys', () => {
    const prefixed = { code: 'bad_option', message: /keyPrefix/ }
    assert.throws(() => redisStore(new Redis({ keyPrefix: 'shop:', lazyConnect: true })), prefixed)
    assert.throws(() => redisStore(createClient({ keyPrefix: 'shop:' }) as never), prefixed)
    assert.throws(() => redisStore({} as never), { code: 'bad_option', message: /node-redis .* ioredis/ })
  })
})
