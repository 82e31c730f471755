import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInThisContext } from 'node:vm'
import { CsrfGuard, type InstarError, type Json, type Session, SessionManager } from 'instar'
import { memoryStore } from 'instar/stores/memory'
import { createTestSession, gatedStore } from 'instar/testing'

type Data = { [key: string]: Json }

async function open(cookie?: string, method = 'GET', sessions = new SessionManager<Data>({ store: memoryStore() })): Promise<Session<Data>> {
  const request = { method, url: 'https://shop.example/', headers: new Headers({ 'sec-fetch-site': 'same-origin', ...(cookie && { cookie }) }) }
  const session = await sessions.open(request)
  new CsrfGuard().check(request, session)
  return session
}

test('assigning anything to a session throws, in sloppy mode too, and names set and the drop-in', async () => {
  const session = await open()
  const sloppy = runInThisContext('(function (session, name) { session[name] = 1 })')
  const count = runInThisContext('(function (session) { session.views++ })')
  for (const name of [
    'views',
    'user',
    'userId',
    'cookie',
    'id',
    'login',
    'get',
    'handle',
    'save',
    '__proto__',
    'constructor',
    'toString',
    'passport',
    'returnTo',
  ]) {
    assert.throws(
      () => sloppy(session, name),
      (error: InstarError) =>
        error.code === 'unknown_property' && error.message.includes(`session.set('${name}'`) && error.message.includes('@instar/express-session'),
      name,
    )
  }
  assert.throws(() => count(session), { code: 'unknown_property' })
  assert.deepEqual(Object.getOwnPropertyNames(session), [])
  assert.equal(`${session.isAuthenticated()} ${String(session)}`, 'false [object Object]')
})

test("express-session's methods throw and name their successors", async () => {
  const session = await open()
  for (const [method, successor] of Object.entries({
    save: 'stored before the head',
    destroy: 'session.logout()',
    regenerate: 'session.login(',
    reload: 'update(',
    touch: 'idleTimeout',
  })) {
    assert.throws(
      () => (session as never as { [method: string]: () => void })[method]?.(),
      (error: InstarError) => error.code === 'not_a_method' && error.message.includes(successor),
      method,
    )
  }
})

test('get gives a frozen value; what was set is a copy', async () => {
  const session = await open()
  const cart = [{ item: 'tea' }]
  session.set('cart', cart)
  cart[0] = { item: 'changed' }
  assert.deepEqual(session.get('cart'), [{ item: 'tea' }])
  assert.throws(() => (session.get('cart') as string[]).push('x'), TypeError)
  assert.throws(() => Object.assign((session.get('cart') as [object])[0], { item: 'x' }), TypeError)
})

test('a value that came from the store is frozen as deeply', async () => {
  const sessions = new SessionManager<Data>({ store: memoryStore() })
  const { cookie } = await createTestSession(sessions, { data: { cart: [{ item: { name: 'tea' } }] } })
  const session = await open(cookie, 'GET', sessions)
  const [first] = session.get('cart') as unknown as [{ item: { name: string } }]
  assert.throws(() => {
    first.item.name = 'x'
  }, TypeError)
})

test('what JSON would change or lose is refused, with its place', async () => {
  const session = await open()
  const circle: { self?: unknown } = {}
  circle.self = circle
  class Cart {}
  for (const [value, place] of [
    [undefined, 'key is undefined'],
    [() => 1, 'key is function'],
    [Number.NaN, 'key is NaN'],
    [Infinity, 'key is Infinity'],
    [1n, 'key is bigint'],
    [Symbol('x'), 'key is symbol'],
    [new Date(), 'key is a Date'],
    [new Map(), 'key is a Map'],
    [new Cart(), 'key is a Cart'],
    [{ list: [1, { when: new Date() }] }, 'key.list[1].when is a Date'],
    [[undefined], 'key[0] is undefined'],
    [circle, 'circle'],
    [Promise.resolve(1), 'key is a Promise'],
  ] as const) {
    assert.throws(
      () => session.set('key', value as never),
      (error: InstarError) => error.code === 'bad_value' && error.message.includes(place),
      place,
    )
  }
  assert.throws(() => session.update('key', () => new Date() as never), { code: 'bad_value' })
  assert.throws(() => session.update('key', (async () => 1) as never), { code: 'bad_value' })
  assert.equal(session.has('key'), false, 'nothing of it stays')
  assert.deepEqual((await session.commit({ status: 200 })).setCookie, [], 'and nothing is stored')
})

test('keys named like those of every object are keys like others', async () => {
  const sessions = new SessionManager<Data>({ store: memoryStore() })
  const first = await open(undefined, 'GET', sessions)
  for (const key of ['__proto__', 'constructor', 'toString', '']) {
    assert.equal(first.get(key), undefined)
    assert.equal(first.has(key), false)
    first.set(key, { polluted: key })
  }
  first.set('nested', JSON.parse('{"__proto__":{"polluted":true}}'))
  const { setCookie } = await first.commit({ status: 200 })
  const next = await open((setCookie[0] as string).split(';', 1)[0], 'GET', sessions)
  for (const key of ['__proto__', 'constructor', 'toString', '']) assert.deepEqual(next.get(key), { polluted: key })
  assert.equal(({} as { polluted?: unknown }).polluted, undefined)
})

test('while a login is under way the session refuses to be used; afterwards it goes on', async () => {
  const store = gatedStore(memoryStore())
  const session = await open(undefined, 'POST', new SessionManager<Data>({ store }))
  const gate = store.hold('create')
  const login = session.login('ann')
  await gate.reached
  assert.throws(() => session.set('x', 1), { code: 'not_awaited' })
  assert.throws(() => session.logout(), { code: 'not_awaited' })
  assert.throws(() => session.login('bob'), { code: 'not_awaited' })
  gate.open()
  await login
  session.set('x', 1)
  assert.equal(session.userId, 'ann')
})

test('a failed login that the application caught is no failure of the commit', async () => {
  const store = gatedStore(memoryStore())
  const session = await open(undefined, 'POST', new SessionManager<Data>({ store }))
  store.breakDown()
  await assert.rejects(session.login('ann'), { code: 'store_unavailable' })
  store.restore()
  assert.deepEqual((await session.commit({ status: 200 })).setCookie, [])
  assert.equal(session.userId, null)
})

test('a failed login that nobody awaited fails the commit once, also when it failed long before', async () => {
  const store = gatedStore(memoryStore())
  const session = await open(undefined, 'POST', new SessionManager<Data>({ store }))
  store.breakDown()
  void session.login('ann')
  await new Promise((done) => setImmediate(done))
  store.restore()
  await assert.rejects(async () => session.commit({ status: 200 }), { code: 'store_unavailable' })
  assert.deepEqual((await session.commit({ status: 503 })).setCookie, [])
})

test('bad arguments of login, elevate and requireFresh are refused before anything happens', async () => {
  const session = await open(undefined, 'POST')
  for (const userId of ['', undefined, null, 7, {}]) assert.throws(() => session.login(userId as never), { code: 'bad_option' })
  assert.throws(() => session.login('ann', { method: '' }), { code: 'bad_option' })
  assert.throws(() => session.login('ann', { level: 0 }), { code: 'bad_option' })
  assert.throws(() => session.login('ann', { stamp: 'x' }), /loadUser/)
  assert.throws(() => session.elevate({ method: '' }), { code: 'bad_option' })
  await assert.rejects(session.elevate({ method: 'totp' }), { code: 'login_required' })
  await assert.rejects(session.requireUser(), { code: 'login_required', status: 401 })
  await assert.rejects(session.requireFresh({ maxAge: '1m' }), { code: 'login_required' })
  await assert.rejects(session.user(), { code: 'bad_option' })
  await session.login('ann')
  await assert.rejects(session.requireFresh({ maxAge: 60 as never }), { code: 'bad_option' })
  assert.equal(await session.requireFresh({ maxAge: '1m' }), 'ann')
  await assert.rejects(session.requireFresh({ maxAge: '1m', method: 'totp' }), { code: 'fresh_login_required', status: 403 })
})

test('setReturnTo refuses what leads elsewhere, returnTo never gives it, and both leave the rest alone', async () => {
  const session = await open()
  assert.equal(session.setReturnTo('//evil.example'), false)
  assert.equal(session.returnTo('/home'), '/home')
  assert.equal(session.setReturnTo('/account'), true)
  assert.equal(session.returnTo('/home'), '/account')
  assert.equal(session.returnTo('/home'), '/home')
  assert.deepEqual((await session.commit({ status: 200 })).setCookie, [])
})

test('an update whose function throws changes nothing', async () => {
  const session = await open()
  session.set('n', 1)
  assert.throws(() =>
    session.update('n', () => {
      throw new Error('no')
    }),
  )
  assert.equal(session.get('n'), 1)
  assert.equal((await session.commit({ status: 200 })).setCookie.length, 1)
})

test('at most 32 messages wait, the newest', async () => {
  const session = await open()
  for (let n = 0; n < 40; n++) session.flash('notice', n)
  const shown = session.flashes('notice')
  assert.deepEqual([shown.length, shown[0]?.message, shown.at(-1)?.message], [32, 8, 39])
  assert.deepEqual(session.flashes(), [])
})

test('an event listener that throws does not fail the request', async (t) => {
  const printed = t.mock.method(console, 'error', () => {})
  const sessions = new SessionManager<Data>({
    store: memoryStore(),
    onEvent: () => {
      throw new Error('listener')
    },
  })
  await createTestSession(sessions, { userId: 'ann' })
  assert.equal(printed.mock.callCount(), 1)
})

test('without the guard a login by an unsafe request is refused: it fails closed', async () => {
  const session = await new SessionManager({ store: memoryStore() }).open({
    method: 'POST',
    url: 'https://shop.example/',
    headers: new Headers({ 'sec-fetch-site': 'same-origin' }),
  })
  assert.throws(() => session.login('ann'), { code: 'unverified_request', status: 403 })
})

test('what is written after the answer was given is refused, and goes again when the commit failed', async () => {
  const store = gatedStore(memoryStore())
  const session = await open(undefined, 'POST', new SessionManager<Data>({ store }))
  session.set('x', 1)
  const gate = store.hold('create')
  const commit = session.commit({ status: 200 })
  await gate.reached
  assert.throws(() => session.set('x', 2), { code: 'head_sent' })
  assert.throws(() => session.login('ann'), { code: 'head_sent' })
  gate.fail(new Error('disk full'))
  await assert.rejects(async () => commit, { code: 'store_unavailable' })
  session.set('why', 'the error page may write')
  assert.equal((await session.commit({ status: 400 })).setCookie.length, 1)
  assert.throws(() => session.set('x', 3), { code: 'head_sent' })
  assert.equal((await session.commit({ status: 200 })).setCookie.length, 1, 'a further commit says the same')
})
