import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Hono } from 'hono'
import { SessionManager } from 'instar'
import { instar, sessionOf } from 'instar/adapters/hono'
import { withSession } from 'instar/adapters/web'
import { memoryStore } from 'instar/stores/memory'

const request = (): Request => new Request('https://shop.example/', { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } })

test('a response that the application gives to several people carries the cookie of none', async () => {
  const sessions = new SessionManager<{ [key: string]: number }>({ store: memoryStore() })
  const shared = new Response(null, { status: 204, headers: { 'x-own': 'yes' } })
  const app = new Hono()
  app.use(instar(sessions))
  app.post('/', async (context) => {
    await sessionOf(sessions, context).login('ann')
    return shared
  })
  const web = withSession(sessions, async (_request, session) => {
    await session.login('ann')
    return shared
  })
  for (const answer of [await web(request()), await app.fetch(request()), await web(request())]) {
    assert.equal(answer.headers.getSetCookie().length, 1)
    assert.equal(answer.headers.get('x-own'), 'yes')
    assert.deepEqual(shared.headers.getSetCookie(), [])
  }
})

test('redirects and other responses whose headers cannot change get their cookies all the same', async () => {
  const sessions = new SessionManager({ store: memoryStore() })
  const web = withSession(sessions, async (_request, session) => {
    await session.login('ann')
    return Response.redirect('https://shop.example/next', 303)
  })
  const answer = await web(request())
  assert.deepEqual([answer.status, answer.headers.get('location'), answer.headers.getSetCookie().length], [303, 'https://shop.example/next', 1])
})

test('a handler that throws a response has answered with it; what else it throws is not shown', async (t) => {
  const printed = t.mock.method(console, 'error', () => {})
  const sessions = new SessionManager({ store: memoryStore() })
  const thrown = withSession(sessions, async (_request, session) => {
    await session.login('ann')
    throw new Response('teapot', { status: 418 })
  })
  const answer = await thrown(request())
  assert.deepEqual([answer.status, await answer.text(), answer.headers.getSetCookie().length], [418, 'teapot', 1])
  const broken = withSession(sessions, () => {
    throw new Error('a password in a message')
  })
  const failed = await broken(request())
  assert.deepEqual([failed.status, await failed.text(), printed.mock.callCount()], [500, 'The request failed.', 1])
})
