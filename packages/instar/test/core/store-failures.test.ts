import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import Database from 'better-sqlite3'
import { CsrfGuard, type Json, type LoadedUser, type Session, SessionManager, type SessionManagerOptions, type SessionRow } from 'instar'
import { memoryStore } from 'instar/stores/memory'
import { type SqliteDatabase, sqliteStore } from 'instar/stores/sqlite'
import { createTestSession, type GatedStore, gatedStore, TestClock } from 'instar/testing'

type Data = { [key: string]: Json }

interface Rig {
  readonly store: GatedStore
  readonly sessions: SessionManager<Data, string>
  /** Opens a session with the cookies of an answer, or of nobody. */
  open(cookies?: readonly string[], method?: string): Promise<Session<Data, string>>
}

function rig(options: Partial<SessionManagerOptions<string>> = {}): Rig {
  const store = gatedStore(memoryStore(options.now && { now: options.now }))
  const sessions = new SessionManager<Data, string>({ store, ...options })
  return {
    store,
    sessions,
    async open(cookies = [], method = 'POST') {
      const cookie = cookies.map((one) => one.split(';', 1)[0]).join('; ')
      const request = { method, url: 'https://shop.example/', headers: new Headers({ 'sec-fetch-site': 'same-origin', ...(cookie && { cookie }) }) }
      const session = await sessions.open(request)
      new CsrfGuard().check(request, session)
      return session
    },
  }
}

async function loggedIn({ open }: Rig, options: { stamp?: string } = {}): Promise<readonly string[]> {
  const session = await open()
  await session.login('ann', options)
  return (await session.commit({ status: 200 })).setCookie
}

test('a store that never answers is a store that failed, and holds up nobody for good', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const it = rig()
  const cookies = await loggedIn(it)
  const first = await it.open(cookies)
  const second = await it.open(cookies)
  first.set('a', 1)
  second.set('b', 2)
  const lost = it.store.hold('update')
  const outcomes = [first, second].map((session) => Promise.resolve(session.commit({ status: 200 })))
  const failed = assert.rejects(outcomes[0] as Promise<unknown>, {
    code: 'store_unavailable',
    message: /did not answer update\(\) within 10 seconds \(storeTimeout\)/,
  })
  await lost.reached
  t.mock.timers.tick(11_000) // Late by a tenth at most.
  await failed
  await outcomes[1]
  assert.equal((await it.open(cookies)).get('b'), 2)
})

/** As `node:sqlite` was before it said whether a transaction is open. */
function silentDatabase(): SqliteDatabase {
  const database = new DatabaseSync(':memory:')
  return { exec: (sql) => database.exec(sql), prepare: (sql) => database.prepare(sql) }
}

test('on a connection with an open transaction nothing is written, since a rollback would undo a logout, nor read, since it may be of before one', async () => {
  for (const database of [new DatabaseSync(':memory:'), new Database(':memory:'), silentDatabase()]) {
    const sessions = new SessionManager<Data>({ store: sqliteStore(database as SqliteDatabase) })
    const { cookie } = await createTestSession(sessions, { userId: 'ann' })
    const open = () => sessions.open({ method: 'GET', url: 'https://x.example/', headers: new Headers({ cookie }) })
    const [first, second] = [await open(), await open()]
    database.exec('BEGIN')
    await assert.rejects(first.logout(), { code: 'store_unavailable', message: /connection of its own/ })
    await assert.rejects(second.login('ann'), { code: 'store_unavailable' })
    await assert.rejects(sessions.revokeAll('ann'), { code: 'store_unavailable' })
    await assert.rejects(open(), { code: 'store_unavailable' })
    database.exec('ROLLBACK')
    assert.equal((await open()).userId, 'ann')
    await (await open()).logout()
    assert.equal((await open()).userId, null)
  }
})

test('logout everywhere that fails in between can be tried again', async () => {
  const it = rig()
  const [mine] = [await loggedIn(it), await loggedIn(it)]
  const gate = it.store.hold('deleteByUser')
  const first = await it.open(mine)
  const failed = assert.rejects(first.logout({ everywhere: true }), { code: 'store_unavailable' })
  await gate.reached
  gate.fail(new Error('disk full'))
  await failed
  assert.deepEqual((await first.commit({ status: 503 })).setCookie, [])
  await (await it.open(mine)).logout({ everywhere: true })
  assert.deepEqual(await it.sessions.list('ann'), [])
})

test('a login whose row was stored, but not answered, leaves nothing', async () => {
  const it = rig()
  const gate = it.store.hold('create', 'after')
  const session = await it.open()
  const failed = assert.rejects(session.login('ann'), { code: 'store_unavailable' })
  await gate.reached
  gate.fail(new Error('connection lost'))
  await failed
  assert.deepEqual(await it.sessions.list('ann'), [])
})

test('an elevation that is not answered raises nothing, in this request neither', async () => {
  let isDown = false
  const loadUser = async (user: string): Promise<LoadedUser<string>> => {
    if (isDown) throw new Error('the accounts are down')
    return { user, stamp: '1' }
  }
  const it = rig({ loadUser })
  const session = await it.open(await loggedIn(it, { stamp: '1' }))
  isDown = true
  await assert.rejects(session.elevate({ method: 'totp', level: 3 }), /the accounts are down/)
  assert.deepEqual([session.level, session.methods], [1, ['login']])
  assert.deepEqual((await session.commit({ status: 200 })).setCookie, [])
})

test('two elevations in one request build on each other', async () => {
  const it = rig()
  const session = await it.open(await loggedIn(it))
  await session.elevate({ method: 'password' })
  await session.elevate({ method: 'totp' })
  assert.deepEqual([session.level, session.methods], [3, ['login', 'password', 'totp']])
  const next = await it.open((await session.commit({ status: 200 })).setCookie)
  assert.deepEqual([next.level, next.methods], [3, ['login', 'password', 'totp']])
})

test('user() that was asked before a login of the same request never ends that login', async () => {
  let stamp = '1'
  const it = rig({ loadUser: (user) => ({ user, stamp }) })
  const session = await it.open(await loggedIn(it, { stamp }))
  stamp = '2'
  session.set('n', 1)
  const gate = it.store.hold('delete')
  const before = session.user()
  await gate.reached
  await session.login('ann', { stamp })
  gate.open()
  assert.equal(await before, undefined)
  assert.equal(session.userId, 'ann')
  session.set('n', 2)
  const { setCookie } = await session.commit({ status: 200 })
  assert.deepEqual([setCookie.length, (await it.open(setCookie)).get('n')], [1, 2])
})

test('a login after user() dropped what was written is a success', async () => {
  let stamp = '1'
  const it = rig({ loadUser: (user) => ({ user, stamp }) })
  const session = await it.open(await loggedIn(it, { stamp }))
  stamp = '2'
  session.set('n', 1)
  assert.equal(await session.user(), undefined)
  await session.login('ann', { stamp })
  assert.equal((await session.commit({ status: 200 })).setCookie.length, 1)
})

test('every secret that a session ever had is known when it comes late: what it writes is dropped', async () => {
  const it = rig()
  const first = await loggedIn(it)
  const elevating = await it.open(first)
  await elevating.elevate({ method: 'totp' })
  const second = (await elevating.commit({ status: 200 })).setCookie
  await it.open(second)
  const again = await it.open(second)
  await again.elevate({ method: 'passkey' })
  const third = (await again.commit({ status: 200 })).setCookie
  const late = async (cookies: readonly string[]): Promise<void> => {
    const session = await it.open(cookies)
    assert.equal(session.userId, null)
    session.set('n', 1)
    await assert.rejects(async () => session.commit({ status: 200 }), { code: 'delta_dropped' })
  }
  await late(first)
  await (await it.open(second)).logout()
  for (const cookies of [first, second, third]) await late(cookies)
})

test('a row that the store should not have given any more opens nothing', async () => {
  const clock = new TestClock()
  const it = rig({ now: clock.now })
  const cookies = await loggedIn(it)
  const [info] = await it.sessions.list('ann')
  const lagging = { ...it.store, find: async () => row }
  const row = (await it.store.find(info?.handle as string)) as SessionRow
  const sessions = new SessionManager<Data, string>({ store: lagging, now: () => clock.time + 13 * 3_600_000 })
  const cookie = (cookies[0] as string).split(';', 1)[0] as string
  assert.equal((await sessions.open({ method: 'GET', url: 'https://x.example/', headers: new Headers({ cookie }) })).userId, null)
})

test('a path to return to: another that a parallel request remembers stays, and of another user none comes along', async () => {
  const it = rig()
  const visitor = await it.open()
  visitor.setReturnTo('/a')
  const { setCookie } = await visitor.commit({ status: 200 })
  const [taking, setting] = [await it.open(setCookie), await it.open(setCookie)]
  assert.equal(taking.returnTo('/'), '/a')
  setting.setReturnTo('/b')
  await setting.commit({ status: 200 })
  await taking.commit({ status: 200 })
  assert.equal((await it.open(setCookie)).returnTo('/'), '/b')

  const ann = await it.open(await loggedIn(it))
  ann.setReturnTo('/ann/private')
  await ann.commit({ status: 200 })
  await ann.commit({ status: 200 })
  const cookies = await loggedIn(it)
  const annAgain = await it.open(cookies)
  annAgain.setReturnTo('/ann/private')
  await annAgain.commit({ status: 200 })
  const bob = await it.open(cookies)
  await bob.login('bob')
  assert.equal(bob.returnTo('/'), '/')
})

test('an identity change that nobody awaited and that failed takes what was written with it', async () => {
  const it = rig({ limit: { perUser: 1, atLimit: 'refuse' } })
  await it.open(await loggedIn(it)).then((session) => session.commit({ status: 200 }))
  const session = await it.open()
  session.set('n', 1)
  void session.login('ann')
  await assert.rejects(async () => session.commit({ status: 200 }), { code: 'limit_reached' })
  assert.deepEqual((await session.commit({ status: 403 })).setCookie, [])
})

test('a commit that is asked for twice at once is one commit', async () => {
  const it = rig()
  const session = await it.open()
  session.set('n', 1)
  const [one, two] = await Promise.all([session.commit({ status: 200 }), session.commit({ status: 200 })])
  assert.deepEqual([one.setCookie.length, two], [1, one])
})

test('a row that cannot be read stands in the way of nobody else', async () => {
  const it = rig({ limit: { perUser: 2, atLimit: 'end-oldest' } })
  await loggedIn(it)
  const [info] = await it.sessions.list('ann')
  const row = (await it.store.find(info?.handle as string)) as SessionRow
  await it.store.update({ ...row, payload: '{"v":9}' })
  await loggedIn(it)
  await loggedIn(it)
  assert.equal((await it.sessions.list('ann')).length, 2)
  assert.equal(await it.store.find(row.id), undefined, 'it counts as the oldest')
})

test('odd arguments of the manager are answered before the store is asked', async () => {
  const it = rig()
  await loggedIn(it)
  for (const userId of ['', '\ud800', 'a\0', 'ü'.repeat(128), 'x'.repeat(256), undefined, 7]) {
    await assert.rejects(it.sessions.revoke(userId as string, 'x'), { code: 'bad_option' })
    await assert.rejects(it.sessions.revokeAll(userId as string), { code: 'bad_option' })
  }
  it.store.operations.length = 0
  for (const handle of [undefined, null, 7, ['a'], {}, '', 'a\0', "' OR 1=1", 'x'.repeat(5000)])
    assert.equal(await it.sessions.revoke('ann', handle as string), false)
  assert.deepEqual(it.store.operations, [])
  const anonymous = await it.open()
  await assert.rejects(it.sessions.revokeOthers(anonymous), { code: 'login_required' })
  assert.equal((await it.sessions.list('ann')).length, 1)
})

test('the longest storeTimeout there is cuts nothing off', async () => {
  const it = rig({ storeTimeout: '24d' })
  await loggedIn(it)
  const gate = it.store.hold('deleteByUser')
  const revoked = it.sessions.revokeAll('ann')
  await gate.reached
  await new Promise((resolve) => setTimeout(resolve, 5)) // A timer that overflows would be done by now.
  gate.open()
  assert.equal(await revoked, 1)
})

test('revokeAll ends what it cannot list', async () => {
  const it = rig()
  const cookies = await loggedIn(it)
  it.store.hold('listByUser').fail(new Error('one row is damaged'))
  assert.equal(await it.sessions.revokeAll('ann'), 1)
  assert.equal((await it.open(cookies)).userId, null)
})

test('a logout does not wait for writes that the store does not answer', async (t) => {
  const it = rig()
  const cookies = await loggedIn(it)
  const [writing, leaving] = [await it.open(cookies), await it.open(cookies)]
  writing.set('a', 1)
  const lost = it.store.hold('update')
  const write = Promise.resolve(writing.commit({ status: 200 }))
  await lost.reached
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const logout = leaving.logout()
  await Promise.resolve()
  t.mock.timers.tick(1_000)
  await logout
  assert.equal((await it.open(cookies)).userId, null)
  lost.open()
  await assert.rejects(write, { code: 'delta_dropped' })
  assert.equal((await it.open(cookies)).userId, null)
})

test('a logout that cannot leave a tombstone, for want of room say, deletes', async () => {
  const it = rig()
  const cookies = await loggedIn(it)
  const session = await it.open(cookies)
  it.store.hold('update').fail(new Error('no room'))
  await session.logout()
  assert.deepEqual([(await it.open(cookies)).userId, await it.store.listByUser('ann')], [null, []])
})

test('a logout where the session has expired by the clock of that process alone ends it by every clock', async () => {
  const clock = new TestClock()
  const store = memoryStore({ now: clock.now })
  const here = new SessionManager<Data, string>({ store, now: clock.now })
  const ahead = new SessionManager<Data, string>({ store, now: () => clock.time + 31 * 60_000 })
  const { cookie, handle } = await createTestSession(here, { userId: 'ann' })
  const open = (sessions: SessionManager<Data, string>, header = cookie) =>
    sessions.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie: header }) })
  const forged = `${cookie.slice(0, -4)}AAAA`
  await (await open(here, forged)).logout()
  assert.equal((await open(here)).userId, 'ann', 'who knows the handle alone ends nothing')
  const session = await open(ahead)
  assert.equal(session.userId, null)
  await session.logout()
  assert.deepEqual([(await open(here)).userId, await store.find(handle)], [null, undefined])
})

test('what was ended is counted without those that had ended before', async () => {
  const it = rig()
  for (let n = 0; n < 3; n++) await (await it.open(await loggedIn(it))).logout()
  await loggedIn(it)
  assert.equal(await it.sessions.revokeAll('ann'), 1)
  assert.equal(await it.sessions.revokeAll('ann'), 0)
})
