import { deepEqual, equal } from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { type SessionInfo, SessionManager } from 'instar'
import { memoryStore } from 'instar/stores/memory'
import { createTestSession, gatedStore, TestClock } from 'instar/testing'
import request from 'supertest'
import { app, sessions } from './express.ts'

app.set('env', 'test') // Express then keeps expected errors off the console.

// #region supertest
test('with supertest', async () => {
  const { headers } = await createTestSession(sessions, { userId: 'ann', data: { cart: ['apple'] } })
  await request(app).get('/cart').set(headers).expect(200, ['apple'])
  await request(app).post('/cart').set(headers).type('form').send({ item: 'pear' }).expect(303)
  await request(app).get('/cart').set(headers).expect(200, ['apple', 'pear'])
})
// #endregion

// #region fetch
test('with fetch', async (context) => {
  const server = app.listen(0, '127.0.0.1')
  context.after(() => server.close())
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const { headers, handle } = await createTestSession(sessions, { userId: 'bob', method: 'passkey', level: 2 })
  const response = await fetch(`${origin}/devices`, { headers })
  const [device] = (await response.json()) as SessionInfo[]
  deepEqual([device?.handle, device?.methods, device?.level], [handle, ['passkey'], 2])
  equal((await fetch(`${origin}/devices`)).status, 401)
})
// #endregion

test('a route that asks for a login', async () => {
  await request(app).get('/devices').expect(401)
})

// #region clock
test('a login ends when it is not used', async () => {
  const clock = new TestClock()
  const { now } = clock
  const timed = new SessionManager({ store: memoryStore({ now }), now, idleTimeout: '30m' })
  const { cookie } = await createTestSession(timed, { userId: 'ann' })
  const open = () => timed.open(new Request('https://shop.example/', { headers: { cookie } }))

  clock.advance(29 * 60_000)
  equal((await open()).userId, 'ann')
  clock.advance(60_000)
  equal((await open()).userId, null)
})
// #endregion

// #region outage
test('a store that is down is an error, not a logout', async () => {
  const store = gatedStore(memoryStore())
  const failing = new SessionManager({ store })
  const { cookie } = await createTestSession(failing, { userId: 'ann' })
  store.breakDown()
  const opening = failing.open(new Request('https://shop.example/', { headers: { cookie } }))
  equal(await opening.catch((error) => error.code), 'store_unavailable')
})
// #endregion
