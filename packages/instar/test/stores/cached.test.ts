import { deepEqual, equal, match, rejects, throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SessionManager, type SessionManagerOptions, type SessionRow, type SessionStore, SessionWatch } from 'instar'
import { type CachedStoreOptions, cachedStore, type RowListener } from 'instar/stores/cached'
import { memoryStore } from 'instar/stores/memory'
import { createTestSession, storeConformance, TestClock, type TestSessionOptions } from 'instar/testing'
import { gatedStore } from '../../src/testing/gated-store.ts'

// What is remembered, and what that may decide. The word of the engine is the test's own; the engines' are in test/engines/changes.test.ts.

interface Rig {
  readonly engine: ReturnType<typeof gatedStore>
  readonly clock: TestClock
  readonly word: RowListener
  readonly store: ReturnType<typeof cachedStore>
  readonly sessions: SessionManager<{ [key: string]: string }, unknown>
  /** Another process, on the same engine. */
  readonly elsewhere: SessionManager<{ [key: string]: string }, unknown>
  open(cookie: string, method?: string): Promise<string | null>
  /** How often the engine was asked for a row since this was called last. */
  finds(): number
  readonly stops: number
}

function rig(
  cacheOptions: Partial<CachedStoreOptions> = {},
  options: Partial<SessionManagerOptions<unknown>> = {},
  on: (engine: SessionStore) => SessionStore = (engine) => engine,
): Rig {
  const clock = new TestClock()
  const engine = gatedStore(memoryStore({ now: clock.now }))
  let word: RowListener | undefined
  let stops = 0
  const changes = {
    follow(listener: RowListener) {
      word = listener
      return async () => void stops++
    },
  }
  const store = cachedStore(on(engine), { changes, now: clock.now, ...cacheOptions })
  ;(word as unknown as RowListener).live()
  store.near('-') // Rows are remembered once somebody asks for them.
  const sessions = new SessionManager<{ [key: string]: string }, unknown>({ store, now: clock.now, ...options })
  return {
    engine,
    clock,
    word: word as unknown as RowListener,
    store,
    sessions,
    elsewhere: new SessionManager<{ [key: string]: string }, unknown>({ store: engine, now: clock.now, ...options }),
    async open(cookie, method = 'GET') {
      return (await sessions.open({ method, url: 'https://shop.example/', headers: new Headers({ cookie }) })).userId
    },
    finds: () => engine.operations.splice(0).filter((operation) => operation === 'find').length,
    get stops() {
      return stops
    },
  }
}

const login = async ({ elsewhere, finds }: Rig, options: TestSessionOptions<{ [key: string]: string }> = { userId: 'ann' }) => {
  const made = await createTestSession<{ [key: string]: string }, unknown>(elsewhere, options)
  finds()
  return made
}

describe('store cached', () => {
  for (const { title, check } of storeConformance) {
    test(title, async () => {
      const { store, clock } = rig()
      await check({ store, clock })
    })
  }
})

describe('what is remembered', () => {
  test('a request that only reads asks the engine once, and then not for as long as the row may be old', async () => {
    const cache = rig()
    const { cookie } = await login(cache)
    for (const method of ['GET', 'GET', 'HEAD', 'OPTIONS']) equal(await cache.open(cookie, method), 'ann')
    equal(cache.finds(), 1)
    cache.clock.advance(4_999)
    equal(await cache.open(cookie), 'ann')
    equal(cache.finds(), 0)
    cache.clock.advance(1)
    equal(await cache.open(cookie), 'ann')
    equal(cache.finds(), 1)
  })

  test('its age is counted from when it was asked for, not from when the answer came', async () => {
    const cache = rig()
    const { cookie } = await login(cache)
    const gate = cache.engine.hold('find', 'after')
    const slow = cache.open(cookie)
    await gate.reached
    cache.clock.advance(5_000)
    gate.open()
    equal(await slow, 'ann')
    equal(await cache.open(cookie), 'ann')
    equal(cache.finds(), 2)
  })

  test('a clock that was set back makes nothing younger', async () => {
    const cache = rig()
    const { cookie } = await login(cache)
    await cache.open(cookie)
    cache.clock.advance(-1)
    await cache.open(cookie)
    equal(cache.finds(), 2)
  })

  test('a session that ended elsewhere, without a word of the engine, is let in to read for as long as it is stated, and never longer', async () => {
    const cache = rig()
    const { cookie, handle } = await login(cache)
    await cache.open(cookie)
    await cache.elsewhere.revoke('ann', handle)
    cache.clock.advance(4_999)
    equal(await cache.open(cookie), 'ann')
    cache.clock.advance(1)
    equal(await cache.open(cookie), null)
  })

  test('requests that change something are asked of the engine each time: one that ended elsewhere does nothing', async () => {
    const cache = rig()
    const { cookie, handle } = await login(cache)
    await cache.open(cookie)
    await cache.elsewhere.revoke('ann', handle)
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'get', 'QUERY']) equal(await cache.open(cookie, method), null, method)
  })

  test('with the engine’s word it is forgotten at once', async () => {
    const cache = rig()
    const { cookie, handle } = await login(cache)
    await cache.open(cookie)
    await cache.elsewhere.revoke('ann', handle)
    cache.word.changed(handle)
    equal(await cache.open(cookie), null)
    const second = await login(cache)
    await cache.open(second.cookie)
    await cache.elsewhere.revokeAll('ann')
    cache.word.changedAll()
    equal(await cache.open(second.cookie), null)
  })

  test('an answer that is under way when the word comes is not remembered', async () => {
    const cache = rig()
    const { cookie, handle } = await login(cache)
    for (const tell of [() => cache.word.changed(handle), () => cache.word.changedAll(), () => lostAndLive(cache.word)]) {
      const gate = cache.engine.hold('find', 'after')
      const first = cache.open(cookie)
      await gate.reached
      tell()
      gate.open()
      equal(await first, 'ann')
      equal(cache.store.near(handle), undefined)
    }
  })

  test('of two answers under way the one that was asked for after the word is remembered, and the other is not', async () => {
    const cache = rig()
    const { handle } = await login(cache)
    const [before, after] = [cache.engine.hold('find', 'after'), cache.engine.hold('find', 'after')]
    const first = cache.store.find(handle)
    await before.reached
    await cache.elsewhere.revokeAll('bob')
    const row = await memoryOf(cache, handle)
    await cache.engine.update({ ...row, payload: row.payload.replace('{', '{"x":1,') })
    cache.word.changed(handle)
    const second = cache.store.find(handle)
    await after.reached
    after.open()
    equal((await second)?.version, 2)
    before.open()
    equal((await first)?.version, 1)
    equal(cache.store.near(handle)?.version, 2)
  })

  test('an end that a look sees is forgotten, told or not', async () => {
    const cache = rig()
    const gone = await login(cache)
    await cache.open(gone.cookie)
    await cache.elsewhere.revoke('ann', gone.handle)
    equal(await cache.open(gone.cookie, 'POST'), null)
    equal(await cache.open(gone.cookie), null, 'its row is gone')
    const out = await login(cache)
    await cache.open(out.cookie)
    await (await cache.elsewhere.open({ method: 'POST', url: 'https://shop.example/', headers: new Headers({ cookie: out.cookie }) })).logout()
    equal(await cache.sessions.revoke('ann', out.handle), false)
    equal(await cache.open(out.cookie), null, 'a tombstone stands there')
  })

  test('an answer that was overtaken takes the place of no newer one', async () => {
    const cache = rig()
    const { handle } = await login(cache)
    const gate = cache.engine.hold('find', 'after')
    const slow = cache.store.find(handle)
    await gate.reached
    const row = await memoryOf(cache, handle)
    await cache.engine.update(row)
    await cache.store.find(handle)
    gate.open()
    await slow
    equal(cache.store.near(handle)?.version, 2)
  })

  test('the end of a user’s sessions leaves what others have', async () => {
    const cache = rig()
    const [ann, bob] = [await login(cache), await login(cache, { userId: 'bob' })]
    for (const { cookie } of [ann, bob]) await cache.open(cookie)
    await cache.sessions.revokeAll('ann')
    deepEqual([cache.store.near(ann.handle), cache.store.near(bob.handle)?.userId], [undefined, 'bob'])
  })

  test('while no word comes nothing is remembered, and what was is forgotten', async () => {
    const cache = rig()
    const { cookie } = await login(cache)
    await cache.open(cookie)
    cache.word.lost()
    await cache.open(cookie)
    await cache.open(cookie)
    equal(cache.finds(), 3)
    cache.word.live()
    await cache.open(cookie)
    await cache.open(cookie)
    equal(cache.finds(), 1)
    await cache.store.stop()
    await cache.open(cookie)
    deepEqual([cache.finds(), cache.stops], [1, 1])
  })

  test('what this process ends it has forgotten before it answers, whatever was asked for meanwhile', async () => {
    const cache = rig()
    const ends: { readonly [how: string]: (handle: string, cookie: string) => Promise<unknown> } = {
      update: async (_, cookie) => (await cache.sessions.open({ method: 'POST', url: 'https://shop.example/', headers: new Headers({ cookie }) })).logout(),
      delete: (handle) => cache.sessions.revoke('ann', handle),
      deleteByUser: () => cache.sessions.revokeAll('ann'),
      deleteAll: () => cache.sessions.revokeEveryone(),
    }
    for (const [operation, end] of Object.entries(ends)) {
      const { cookie, handle } = await login(cache)
      await cache.open(cookie)
      const gate = cache.engine.hold(operation as 'update')
      const ended = end(handle, cookie)
      await gate.reached
      equal(await cache.open(cookie), 'ann', 'it has not ended yet')
      gate.open()
      await ended
      equal(await cache.open(cookie), null, operation)
    }
  })

  test('a write whose outcome is not known is forgotten too', async () => {
    const cache = rig()
    const { cookie, handle } = await login(cache)
    await cache.open(cookie)
    const gate = cache.engine.hold('delete', 'after')
    const revoked = cache.sessions.revoke('ann', handle)
    await gate.reached
    gate.fail(new Error('The connection broke.'))
    await rejects(revoked, { code: 'store_unavailable' })
    equal(cache.store.near(handle), undefined)
  })
})

describe('what a remembered row decides', () => {
  test('another secret than the row’s opens nothing, and who was given the next one is not taken for a stranger', async () => {
    const cache = rig()
    const { cookie } = await login(cache)
    await cache.open(cookie)
    const elevated = await cache.elsewhere.open({ method: 'POST', url: 'https://shop.example/', headers: new Headers({ cookie }) })
    await elevated.elevate({ level: 2, method: 'otp' })
    const { setCookie } = await elevated.commit({ status: 200 })
    const next = (setCookie[0] as string).split(';')[0] as string
    const session = await cache.sessions.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie: next }) })
    deepEqual([session.userId, session.level], ['ann', 2])
    equal(await cache.open(`${cookie.slice(0, -1)}${cookie.endsWith('A') ? 'B' : 'A'}`), null)
    equal(await cache.open(cookie), null, 'the secret that was replaced')
  })

  test('a handshake is asked of the engine: what comes after it is not a read', async () => {
    const cache = rig()
    const { cookie, handle } = await login(cache)
    await cache.open(cookie)
    await cache.elsewhere.revoke('ann', handle)
    const session = await cache.sessions.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie, upgrade: 'websocket' }) })
    equal(session.userId, null)
  })

  test('a login, a step up or a logout rests on no remembered row: of a session that ended elsewhere nothing is taken along', async () => {
    const cache = rig()
    const open = (cookie: string) => cache.sessions.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie }) })
    const { cookie, handle } = await login(cache, { userId: 'ann', data: { impersonates: 'admin' } })
    await cache.open(cookie)
    await cache.elsewhere.revoke('ann', handle)
    const callback = await open(cookie)
    callback.set('late', 'x')
    await rejects(callback.elevate({ method: 'otp' }), { code: 'login_required' })
    equal(callback.userId, null)
    const second = await login(cache, { userId: 'ann', data: { impersonates: 'admin' } })
    await cache.open(second.cookie)
    await cache.elsewhere.revoke('ann', second.handle)
    const again = await open(second.cookie)
    again.set('late', 'x')
    await again.login('ann', { keep: ['impersonates', 'late'], allowUnverifiedRequest: true })
    deepEqual([again.userId, again.get('impersonates'), again.get('late')], ['ann', undefined, undefined])
  })

  test('a login over a remembered row takes along what it holds by now', async () => {
    const cache = rig()
    const { cookie } = await login(cache, { userId: 'ann', data: { cart: 'tea' } })
    await cache.open(cookie)
    const theirs = await cache.elsewhere.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie }) })
    theirs.set('cart', 'tea and cake')
    await theirs.commit({ status: 200 })
    const session = await cache.sessions.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie }) })
    session.set('own', 'x')
    await session.login('ann', { keep: ['cart', 'own'], allowUnverifiedRequest: true })
    deepEqual([session.get('cart'), session.get('own')], ['tea and cake', 'x'])
  })

  test('a row that has expired opens nothing, and one whose deadline moved elsewhere goes on', async () => {
    const cache = rig({ maxStaleness: 60_000 }, { idleTimeout: '10s', absoluteTimeout: '1h' })
    const { cookie } = await login(cache)
    const { cookie: other } = await login(cache)
    for (const each of [cookie, other]) await cache.open(each)
    cache.clock.advance(9_000)
    const used = await cache.elsewhere.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie: other }) })
    await used.commit({ status: 200 })
    cache.clock.advance(2_000)
    deepEqual([await cache.open(cookie), await cache.open(other)], [null, 'ann'])
  })

  test('an anonymous session is asked of the engine each time: what a login on its way left there is seen by the next request', async () => {
    const cache = rig()
    const { cookie } = await login(cache, { data: { state: 'a' } })
    await cache.open(cookie)
    const elsewhere = await cache.elsewhere.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie }) })
    elsewhere.set('state', 'b')
    await elsewhere.commit({ status: 200 })
    const session = await cache.sessions.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie }) })
    equal(session.get('state'), 'b')
  })

  test('an anonymous session’s token in the cookie of a login opens nothing, remembered or not', async () => {
    const cache = rig()
    const { cookie } = await login(cache, { data: { state: 'a' } })
    await cache.open(cookie)
    equal(cache.store.near((cookie.split('=')[1] as string).split('.')[0] as string)?.userId, null)
    const session = await cache.sessions.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie: cookie.replace('pre=', 'sid=') }) })
    deepEqual([session.userId, session.handle, session.get('state')], [null, null, undefined])
  })

  test('a write on what was remembered loses nothing that was written elsewhere', async () => {
    const cache = rig()
    const { cookie } = await login(cache)
    await cache.open(cookie)
    const open = (manager: Rig['sessions']) => manager.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie }) })
    const theirs = await open(cache.elsewhere)
    theirs.set('theirs', 'x')
    await theirs.commit({ status: 200 })
    const ours = await open(cache.sessions)
    equal(ours.get('theirs'), undefined, 'it is remembered as it was')
    ours.set('ours', 'y')
    await ours.commit({ status: 200 })
    const after = await open(cache.sessions)
    deepEqual([after.get('theirs'), after.get('ours')], ['x', 'y'])
  })

  test('a write of a request that was let in by what was remembered goes nowhere once the session has ended', async () => {
    const cache = rig()
    const { cookie, handle } = await login(cache)
    await cache.open(cookie)
    await cache.elsewhere.revoke('ann', handle)
    const session = await cache.sessions.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie }) })
    session.set('late', 'z')
    await session.commit({ status: 200 })
    equal(await cache.engine.find(handle), undefined)
    equal(await cache.open(cookie), null, 'the conflict told')
  })

  test('what hangs on a session is ended by a look at the engine', async () => {
    const cache = rig()
    const watch = new SessionWatch(cache.sessions, { interval: '1h' })
    const { cookie, handle } = await login(cache)
    await cache.open(cookie)
    await cache.elsewhere.revoke('ann', handle)
    const session = await cache.sessions.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie }) })
    equal(session.userId, 'ann')
    equal(await new Promise((resolve) => watch.watch(session, resolve)), 'session_ended')
    watch.close()
  })

  test('tombstones and encrypted payloads are not remembered', async () => {
    const cache = rig()
    const { cookie, handle } = await login(cache)
    await (await cache.elsewhere.open({ method: 'POST', url: 'https://shop.example/', headers: new Headers({ cookie }) })).logout()
    await cache.open(cookie)
    equal(cache.store.near(handle), undefined)
    const sealed = rig({}, { encryption: { keys: [Buffer.alloc(32, 7).toString('base64')] } })
    const second = await login(sealed, { userId: 'ann', data: { a: 'b' } })
    for (let n = 0; n < 3; n++) equal(await sealed.open(second.cookie), 'ann')
    equal(sealed.finds(), 3)
    const unasked = cachedStore(memoryStore(), { changes: { follow: liveAtOnce } })
    await unasked.create({ id: 'a', userId: null, secretHash: 'h', version: 1, expiresAt: Date.now() + 1e6, endsAt: Date.now() + 1e6, payload: '{}' })
    await unasked.find('a')
    equal(unasked.near('a'), undefined, 'where nobody asks nothing is remembered')
  })

  test('what one request does to what it was given, the next does not see', async () => {
    const cache = rig()
    const { cookie } = await login(cache, { userId: 'ann', data: { a: 'b' } })
    const open = () => cache.sessions.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie }) })
    await open()
    const first = await open()
    first.set('a', 'changed and not committed')
    equal((await open()).get('a'), 'b')
    const row = cache.store.near((first.handle as string) ?? '') as SessionRow
    throws(() => Object.assign(row, { userId: 'eve' }), TypeError)
  })
})

describe('how much is remembered', () => {
  test('the oldest gives way', async () => {
    const cache = rig({ maxSize: 5_000 })
    const handles: string[] = []
    for (const userId of ['ann', 'bob', 'eve']) {
      const { cookie, handle } = await login(cache, { userId })
      handles.push(handle)
      await cache.open(cookie)
    }
    deepEqual(
      handles.map((handle) => cache.store.near(handle)?.userId),
      [undefined, 'bob', 'eve'],
    )
  })

  test('what is too old to be used is dropped when something is remembered', async () => {
    const cache = rig({ maxStaleness: 1_000 })
    const [first, second] = [await login(cache), await login(cache)]
    await cache.open(first.cookie)
    cache.clock.advance(1_000)
    await cache.open(second.cookie)
    cache.clock.advance(-1_000) // The first would be young enough again, had it been kept.
    equal(cache.store.near(first.handle), undefined)
  })

  test('options that are none get a clear error', () => {
    const changes = { follow: () => async () => {} }
    const store = memoryStore()
    for (const maxStaleness of [0, -1, 60_001, 1.5, Number.NaN, '5s' as never])
      throws(() => cachedStore(store, { changes, maxStaleness }), { code: 'bad_option', message: /maxStaleness is .* from 1 to 60000/ })
    throws(() => cachedStore(store, { changes, maxSize: 0 }), { code: 'bad_option', message: /maxSize/ })
    throws(
      () => cachedStore(store, {} as never),
      (error: Error) => {
        match(error.message, /changes is missing/)
        return true
      },
    )
  })
})

const memoryOf = async ({ engine }: Rig, handle: string): Promise<SessionRow> => (await engine.listByUser('ann')).find(({ id }) => id === handle) as SessionRow

function lostAndLive(word: RowListener): void {
  word.lost()
  word.live()
}

function liveAtOnce(listener: RowListener): () => Promise<void> {
  listener.live()
  return async () => {}
}
