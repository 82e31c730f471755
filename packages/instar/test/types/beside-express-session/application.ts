// An application that still has the types of express-session: they claim req.session, so the manager gives the type instead.
import type { NextFunction, Request, Response } from 'express'
import express from 'express'
import type session from 'express-session'
import { SessionManager } from 'instar'
import { instar, requireFresh, requireUser, sessionOf } from 'instar/adapters/express-untyped'
import { memoryStore } from 'instar/stores/memory'
import type { Equal, Expect } from './equal.ts'

declare module 'express-session' {
  interface SessionData {
    views: number
  }
}

const sessions = new SessionManager<{ cart: string[] }, { name: string }>({ store: memoryStore(), loadUser: (name) => ({ user: { name } }) })
const app = express()
app.use(instar(sessions, { csrf: { exempt: ['/webhooks/*'] } }))

app.get('/', requireUser(), requireFresh({ maxAge: '1h' }), async (req, res) => {
  const ours = sessionOf(sessions, req)
  const cart = ours.get('cart')
  const user = await ours.user()
  type _Cart = Expect<Equal<typeof cart, readonly string[] | undefined>>
  type _User = Expect<Equal<typeof user, { name: string } | undefined>>
  // @ts-expect-error: there is no such key
  ours.get('carrt')
  // @ts-expect-error: the other library's field is not ours
  ours.views = 1
  res.json({ cart, name: user?.name })
})

app.get('/old', (req: Request, res: Response, next: NextFunction) => {
  const theirs: session.Session & Partial<session.SessionData> = req.session
  res.json(theirs.views)
  next()
})
