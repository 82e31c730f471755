// What an application declares once is what req.session knows.
import express from 'express'
import { SessionManager } from 'instar'
import { instar, requireFresh, requireUser } from 'instar/adapters/express'
import { memoryStore } from 'instar/stores/memory'
import { createTestSession } from 'instar/testing'
import type { Equal, Expect } from './equal.ts'

declare global {
  namespace Instar {
    interface SessionData {
      cart: string[]
      visits: number
    }
    interface User {
      id: string
      name: string
    }
  }
}

const sessions = new SessionManager({ store: memoryStore(), loadUser: (id) => ({ user: { id, name: 'Ann' } }) })
const app = express()
app.use(instar(sessions))

app.get('/', requireUser({ loginUrl: '/login' }), requireFresh({ maxAge: '5m', confirmUrl: '/confirm' }), async ({ session, sessionID }, res) => {
  const cart = session.get('cart')
  const user = await session.user()
  type _Cart = Expect<Equal<typeof cart, readonly string[] | undefined>>
  type _User = Expect<Equal<typeof user, Instar.User | undefined>>
  type _UserId = Expect<Equal<typeof session.userId, string | null>>
  type _SessionId = Expect<Equal<typeof sessionID, string | undefined>>
  res.json({ cart, name: user?.name })
})

app.post('/', async ({ session }, res) => {
  session.set('cart', ['apple'])
  session.set('cart', session.get('cart') ?? [])
  session.update('visits', (visits = 0) => visits + 1)
  session.update('cart', (cart = []) => [...cart, 'pear'])
  session.delete('visits')
  await session.login('ann', { keep: ['cart', 'visits'], method: 'password', stamp: '1' })

  // @ts-expect-error: there is no such key
  session.get('carrt')
  // @ts-expect-error: there is no such key
  session.set('carrt', [])
  // @ts-expect-error: there is no such key
  session.has('carrt')
  // @ts-expect-error: there is no such key
  session.delete('carrt')
  // @ts-expect-error: there is no such key
  session.update('carrt', () => [])
  // @ts-expect-error: a cart is no text
  session.set('cart', 'apple')
  // @ts-expect-error: a cart holds texts
  session.set('cart', [1])
  // @ts-expect-error: visits are a number
  session.update('visits', () => 'many')
  // @ts-expect-error: keep names keys of the session
  await session.login('ann', { keep: ['carrt'] })
  // @ts-expect-error: a user's id is a text
  await session.login(7)
  // @ts-expect-error: express-session's habit; the types refuse it as the code does
  session.views = 1
  // @ts-expect-error: who is logged in is said by login() alone
  session.userId = 'ann'
  // @ts-expect-error: save takes no callback, since there is none
  session.save(() => {})
  res.end()
})

app.post('/logout', async (req, res) => {
  // @ts-expect-error: the session is not replaced by assignment
  req.session = null
  res.end()
})

// @ts-expect-error: there is no such data
createTestSession(sessions, { userId: 'ann', data: { carrt: [] } })
createTestSession(sessions, { userId: 'ann', data: { cart: ['apple'] } })
