import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Json, SessionManager } from 'instar'
import { memoryStore } from 'instar/stores/memory'
import { createTestSession, TestClock } from 'instar/testing'

const localhost = (userAgent: string, cookie?: string) => ({
  method: 'GET',
  url: 'http://localhost:3000/',
  headers: new Headers({ 'user-agent': userAgent, ...(cookie && { cookie }) }),
})

test('createTestSession makes a session of a user, an anonymous one, or says that there is none to make', async () => {
  const sessions = new SessionManager<{ cart: string[] }>({ store: memoryStore() })
  const open = (cookie: string) => sessions.open({ method: 'GET', url: 'https://x.example/', headers: new Headers({ cookie }) })
  const login = await createTestSession(sessions, { userId: 'ann', data: { cart: ['tea'] }, method: 'password', level: 2 })
  const session = await open(login.cookie)
  assert.deepEqual([session.userId, session.get('cart'), session.level, session.methods, session.handle], ['ann', ['tea'], 2, ['password'], login.handle])
  const anonymous = await open((await createTestSession(sessions, { data: { cart: ['tea'] } })).cookie)
  assert.deepEqual([anonymous.userId, anonymous.get('cart')], [null, ['tea']])
  await assert.rejects(createTestSession(sessions), TypeError)
})

test('a login on localhost that does not stick is explained once', async () => {
  const clock = new TestClock()
  const seen: string[] = []
  const sessions = new SessionManager<{ [key: string]: Json }>({ store: memoryStore(), now: clock.now, onEvent: ({ type }) => seen.push(type) })
  const logIn = async (userAgent: string): Promise<string> => {
    const session = await sessions.open(localhost(userAgent))
    await session.login('ann')
    return ((await session.commit({ status: 200 })).setCookie[0] as string).split(';', 1)[0] as string
  }
  const hints = (): number => seen.filter((type) => type === 'development.login_not_kept').length
  const cookie = await logIn('Firefox')
  await sessions.open(localhost('Firefox', cookie))
  await sessions.open(localhost('Firefox'))
  assert.equal(hints(), 0, 'a cookie that came back once')
  await logIn('Safari')
  await sessions.open(localhost('another client'))
  clock.advance(61_000)
  await sessions.open(localhost('Safari'))
  assert.equal(hints(), 0, 'much later')
  await logIn('Safari')
  await sessions.open({ ...localhost('Safari'), url: 'https://shop.example/' })
  assert.equal(hints(), 0, 'not on localhost')
  await sessions.open(localhost('Safari'))
  await logIn('Safari')
  await sessions.open(localhost('Safari'))
  assert.equal(hints(), 1)
})
