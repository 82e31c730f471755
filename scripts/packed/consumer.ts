// What an application writes, checked against the published declarations alone.
import type { IncomingMessage } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import { InstarError, type InstarErrorCode, type SessionEvent, SessionManager, type SessionStore } from 'instar'
import { instar, requireFresh, requireUser } from 'instar/adapters/express'
import { sessionOf } from 'instar/adapters/express-untyped'
import { withSession } from 'instar/adapters/node'
import { memoryStore } from 'instar/stores/memory'
import { sqliteStore } from 'instar/stores/sqlite'
import { createTestSession, storeConformance, TestClock } from 'instar/testing'

const stores: SessionStore[] = [memoryStore(), sqliteStore(new DatabaseSync(':memory:'))]
const sessions = new SessionManager<{ cart: string[] }, { name: string }>({
  store: stores[0] as SessionStore,
  idleTimeout: '30m',
  loadUser: (id) => ({ user: { name: id } }),
  onEvent(event: SessionEvent) {
    if (event.type === 'session.login') event.method.toUpperCase()
  },
})
export const middlewares = [instar(sessions), requireUser({ loginUrl: '/login' }), requireFresh({ maxAge: '5m' })]
export const listener = withSession(sessions, async (_request, response, session) => {
  const cart: readonly string[] | undefined = session.get('cart')
  const name: string | undefined = (await session.user())?.name
  await session.login('ann', { keep: ['cart'] })
  // @ts-expect-error: there is no such key
  session.get('carrt')
  // @ts-expect-error: a bare number is no duration
  new SessionManager({ store: memoryStore(), idleTimeout: 30 })
  response.end(`${cart} ${name}`)
})
export const code: InstarErrorCode = new InstarError('head_sent', '').code
export const cartOf = (request: IncomingMessage): readonly string[] | undefined => sessionOf(sessions, request).get('cart')
export const made = createTestSession(sessions, { userId: 'ann', data: { cart: [] } })
export const titles: string[] = storeConformance.map(({ title }) => title)
export const clock: number = new TestClock().now()
