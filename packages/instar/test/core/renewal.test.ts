import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CsrfGuard, type Json, type Session, type SessionEvent, SessionManager, type SessionManagerOptions, SessionWatch } from 'instar'
import { memoryStore } from 'instar/stores/memory'
import { type GatedStore, gatedStore, TestClock } from 'instar/testing'

type Data = { [key: string]: Json }

interface Rig {
  readonly store: GatedStore
  readonly sessions: SessionManager<Data>
  readonly events: SessionEvent[]
  readonly clock: TestClock
  open(cookie?: string, method?: string): Promise<Session<Data>>
  /** The same store in another process, which has a queue of its own. */
  elsewhere(): Rig
}

function rig(options: Partial<SessionManagerOptions<unknown>> = {}, clock = new TestClock(), rows = memoryStore({ now: clock.now })): Rig {
  const store = gatedStore(rows)
  const events: SessionEvent[] = []
  const sessions = new SessionManager<Data>({ store, now: clock.now, onEvent: (event) => events.push(event), ...options })
  return {
    store,
    sessions,
    events,
    clock,
    async open(cookie, method = 'POST') {
      const request = { method, url: 'https://shop.example/', headers: new Headers({ 'sec-fetch-site': 'same-origin', ...(cookie && { cookie }) }) }
      const session = await sessions.open(request)
      new CsrfGuard().check(request, session)
      return session
    },
    elsewhere: () => rig(options, clock, rows),
  }
}

/** The cookie that an answer sets, as it comes back; undefined where it sets none. */
async function cookieOf(session: Session<Data>): Promise<string | undefined> {
  const { setCookie } = await session.commit({ status: 200 })
  assert.ok(setCookie.length <= 1)
  return setCookie[0]?.split(';', 1)[0]
}

/** The cookie of an anonymous session that holds something. */
async function planted({ open }: Pick<Rig, 'open'>, data: Data = { cart: ['tea'] }): Promise<string> {
  const session = await open()
  for (const [key, value] of Object.entries(data)) session.set(key, value as Json)
  return (await cookieOf(session)) as string
}

const HOUR = 3_600_000

test('all that the session holds, and what the request wrote, comes along to a new id; the old one opens nothing', async () => {
  const it = rig()
  const first = await it.open()
  first.set('cart', ['tea'])
  first.set('gone', 1)
  first.set('n', 1)
  first.flash('notice', 'Hello.')
  first.setReturnTo('/deep')
  const before = (await cookieOf(first)) as string

  const session = await it.open(before)
  const { handle } = session
  session.set('state', 'x')
  session.delete('gone')
  session.update('n', (n) => (n as number) + 1)
  session.flash('notice', 'More.')
  await session.renew()
  assert.notEqual(session.handle, handle)
  assert.equal(session.get('state'), 'x')
  session.set('after', true)
  const after = (await cookieOf(session)) as string
  assert.notEqual(after, before)

  const next = await it.open(after)
  assert.deepEqual(
    ['cart', 'state', 'gone', 'n', 'after'].map((key) => next.get(key)),
    [['tea'], 'x', undefined, 2, true],
  )
  assert.deepEqual(
    next.flashes().map(({ message }) => message),
    ['Hello.', 'More.'],
  )
  assert.equal(next.returnTo('/home'), '/deep')
  assert.equal(next.handle, session.handle)

  const late = await it.open(before)
  assert.deepEqual([late.get('cart'), late.handle], [undefined, null])
})

test('its events name the session that was left, and whoever comes with its token is reported', async () => {
  const it = rig()
  const before = await planted(it)
  const session = await it.open(before)
  const replaced = session.handle as string
  await session.renew()
  const { handle } = session
  await cookieOf(session)
  await it.open(before)
  const seen = it.events.filter(({ type }) => type !== 'session.created').map(({ at: _, ...event }) => event)
  assert.deepEqual(seen, [
    { type: 'session.renewed', handle, replaced },
    { type: 'session.superseded_token', handle: replaced, retiredBy: 'renewal', successor: handle },
  ])
})

test('what is written with the old token is refused, and reaches nobody', async () => {
  const it = rig()
  const before = await planted(it)
  const session = await it.open(before)
  const late = await it.open(before)
  await session.renew()
  const after = (await cookieOf(session)) as string
  for (const each of [late, await it.open(before)]) {
    each.set('cart', ['planted'])
    await assert.rejects(async () => each.commit({ status: 200 }), { code: 'delta_dropped' })
  }
  assert.deepEqual((await it.open(after)).get('cart'), ['tea'])
})

test('the deadlines are those of the session that was left', async () => {
  const it = rig()
  const before = await planted(it)
  const row = await it.store.find((await it.open(before)).handle as string)
  it.clock.advance(HOUR)
  const session = await it.open(before)
  await session.renew()
  const renewed = await it.store.find(session.handle as string)
  assert.deepEqual([renewed?.expiresAt, renewed?.endsAt], [row?.expiresAt, row?.endsAt])
  assert.equal(renewed?.version, 1)
  assert.notEqual(renewed?.secretHash, row?.secretHash)
})

test('the answer gives the new cookie also where nothing else was written', async () => {
  const it = rig()
  const before = await planted(it)
  const session = await it.open(before, 'GET')
  await session.renew()
  const after = await cookieOf(session)
  assert.match(String(after), /^__Host-/)
  assert.notEqual(after, before)
})

test('a login has an id of its own, and stays as it is', async () => {
  const it = rig()
  const login = await it.open()
  await login.login('ann')
  const cookie = (await cookieOf(login)) as string
  const session = await it.open(cookie)
  const { handle } = session
  it.events.length = 0
  await session.renew()
  assert.deepEqual([session.handle, session.userId, it.events], [handle, 'ann', []])
  assert.equal(it.store.operations.filter((operation) => operation === 'create').length, 1)
})

test('where nothing is stored there is nothing to move, and nothing is stored for it', async () => {
  const it = rig()
  const nobody = await it.open()
  await nobody.renew()
  assert.deepEqual([await cookieOf(nobody), it.events, it.store.operations], [undefined, [], []])
  const writer = await it.open()
  writer.set('state', 'x')
  await writer.renew()
  assert.equal((await it.open(await cookieOf(writer))).get('state'), 'x')
})

test('a write of another process, which comes between, comes along, and an update is computed from it', async () => {
  const it = rig()
  const there = it.elsewhere()
  const before = await planted(it, { cart: ['tea'], n: 1 })
  const session = await it.open(before)
  session.set('state', 'x')
  session.update('n', (n) => (n as number) + 10)
  const ending = it.store.hold('update')
  const renewal = session.renew()
  await ending.reached
  const other = await there.open(before)
  other.set('cart', ['tea', 'milk'])
  other.set('n', 5)
  await other.commit({ status: 200 })
  ending.open()
  await renewal
  assert.deepEqual([session.get('cart'), session.get('n'), session.get('state')], [['tea', 'milk'], 15, 'x'])
  const next = await it.open(await cookieOf(session))
  assert.deepEqual([next.get('cart'), next.get('n'), next.get('state')], [['tea', 'milk'], 15, 'x'])
  const late = await there.open(before)
  assert.equal(late.get('cart'), undefined)
})

test('a write of this process, which is under way, is waited for and comes along', async () => {
  const it = rig()
  const before = await planted(it)
  const [session, other] = [await it.open(before), await it.open(before)]
  other.set('cart', ['tea', 'milk'])
  const writing = it.store.hold('update')
  const commit = other.commit({ status: 200 })
  await writing.reached
  const renewal = session.renew()
  writing.open()
  await Promise.all([commit, renewal])
  assert.deepEqual((await it.open(await cookieOf(session))).get('cart'), ['tea', 'milk'])
})

test('after a write that comes along, what follows is stored too', async () => {
  const it = rig()
  const there = it.elsewhere()
  const before = await planted(it)
  const session = await it.open(before)
  const ending = it.store.hold('update')
  const renewal = session.renew()
  await ending.reached
  const other = await there.open(before)
  other.set('other', 1)
  await other.commit({ status: 200 })
  ending.open()
  await renewal
  session.set('after', 2)
  const next = await it.open(await cookieOf(session))
  assert.deepEqual([next.get('other'), next.get('after')], [1, 2])
})

for (const operation of ['create', 'update'] as const)
  test(`a store whose ${operation} fails: it rejects, the session is what it was, and no other is left`, async () => {
    const it = rig()
    const before = await planted(it)
    const session = await it.open(before)
    const { handle } = session
    session.set('state', 'x')
    const gate = it.store.hold(operation)
    const renewal = session.renew()
    await gate.reached
    gate.fail(new Error('disk full'))
    await assert.rejects(renewal, { code: 'store_unavailable' })
    assert.equal(session.handle, handle)
    assert.deepEqual(
      it.events.filter(({ type }) => type === 'session.renewed'),
      [],
    )
    assert.equal(it.store.operations.at(-1), 'delete', 'of the row that nobody was told of')
    assert.equal(await cookieOf(session), undefined)
    const next = await it.open(before)
    assert.deepEqual([next.get('cart'), next.get('state')], [['tea'], 'x'])
  })

test('one that nobody awaited, and that fails, fails the commit', async () => {
  const it = rig()
  const session = await it.open(await planted(it))
  it.store.breakDown()
  void session.renew()
  await new Promise((done) => setImmediate(done))
  it.store.restore()
  await assert.rejects(async () => session.commit({ status: 200 }), { code: 'store_unavailable' })
})

test('while it is under way the session refuses to be used; afterwards it goes on', async () => {
  const it = rig()
  const session = await it.open(await planted(it))
  const gate = it.store.hold('create')
  const renewal = session.renew()
  await gate.reached
  assert.throws(() => session.set('x', 1), { code: 'not_awaited' })
  assert.throws(() => session.renew(), { code: 'not_awaited' })
  gate.open()
  await renewal
  session.set('x', 1)
  await session.login('ann', { keep: ['x'] })
  assert.deepEqual([session.userId, session.get('x'), session.get('cart')], ['ann', 1, undefined])
})

test('after the answer it is refused', async () => {
  const it = rig()
  const session = await it.open(await planted(it))
  await session.commit({ status: 200 })
  assert.throws(() => session.renew(), { code: 'head_sent' })
})

test('a token against forged requests that was made before no longer fits', async () => {
  const it = rig()
  const before = await planted(it)
  const session = await it.open(before)
  const old = session.csrfToken()
  await session.renew()
  const fresh = session.csrfToken()
  const cookie = (await cookieOf(session)) as string
  const send = async (token: string): Promise<void> => {
    const request = { method: 'POST', url: 'https://shop.example/', headers: new Headers({ cookie, 'x-csrf-token': token }) }
    new CsrfGuard().check(request, await it.sessions.open(request))
  }
  await assert.rejects(send(old), { code: 'csrf_refused' })
  await send(fresh)
})

test('what hangs on the session that is left ends at once, and what hangs on another does not', async () => {
  const it = rig()
  const watch = new SessionWatch(it.sessions, { interval: '1d' }) // No test waits for it.
  const before = await planted(it)
  const session = await it.open(before)
  const ended = Promise.withResolvers<string>()
  const others: string[] = []
  watch.watch(session, ended.resolve)
  watch.watch(await it.open(await planted(it)), (reason) => others.push(reason))
  await session.renew()
  assert.equal(await ended.promise, 'session_ended')
  assert.deepEqual([others, watch.size], [[], 1])
  watch.close()
})

test('of two renewals of one session at once each has a session, and neither has that of the other', async () => {
  const it = rig()
  const there = it.elsewhere()
  const before = await planted(it)
  const [one, other] = [await it.open(before), await there.open(before)]
  const ending = it.store.hold('update')
  const first = one.renew()
  await ending.reached
  await other.renew()
  ending.open()
  await first
  one.set('mine', 'one')
  const [mine, theirs] = [(await cookieOf(one)) as string, (await cookieOf(other)) as string]
  assert.notEqual(one.handle, other.handle)
  assert.deepEqual([(await it.open(mine)).get('mine'), (await it.open(theirs)).get('mine')], ['one', undefined])
  assert.deepEqual((await it.open(theirs)).get('cart'), ['tea'])
})

test('what does not fit is refused, and the session is what it was', async () => {
  const it = rig({ payloadLimit: 100 })
  const before = await planted(it)
  const session = await it.open(before)
  const { handle } = session
  session.set('much', 'x'.repeat(1_000))
  await assert.rejects(session.renew(), { code: 'payload_too_large' })
  assert.equal(session.handle, handle)
  assert.deepEqual((await it.open(before)).get('cart'), ['tea'])
})

test('what ended meanwhile goes on under no other id', async () => {
  for (const end of ['everyone', 'logout'] as const) {
    const it = rig()
    const cookie = await planted(it)
    const session = await it.open(cookie)
    if (end === 'everyone') await it.sessions.revokeEveryone()
    else await (await it.open(cookie)).logout()
    await assert.rejects(session.renew(), { code: 'session_ended' })
    assert.equal(await it.store.deleteAll(), end === 'everyone' ? 0 : 1, 'nothing but what says that it ended')
  }
})
