// The same login with Express 4. Run it with: node --conditions=instar-source examples/express-4.ts
import type express from 'express'
import type { RequestHandler } from 'express'
// @ts-expect-error: a second Express is installed here under this name, without types; where Express 4 is the only one, import it from 'express'
import express4 from 'express4'
import { SessionManager } from 'instar'
import { instar } from 'instar/adapters/express'
import { memoryStore } from 'instar/stores/memory'
import * as users from './users.ts'

const make: typeof express = express4

export const app = make()
app.use(make.urlencoded({ extended: false }))
app.use(instar(new SessionManager({ store: memoryStore() })))

// #region caught
const caught =
  (handler: RequestHandler): RequestHandler =>
  (req, res, next) =>
    Promise.resolve(handler(req, res, next)).catch(next)

app.post(
  '/login',
  caught(async (req, res) => {
    const user = await users.verify(req.body.name, req.body.password)
    if (!user) return res.status(401).send('The name or the password is wrong.')
    await req.session.login(user.id)
    res.redirect(303, req.session.returnTo('/'))
  }),
)
// #endregion

app.get('/', (req, res) => res.json({ user: req.session.userId }))

if (import.meta.main) {
  await users.add('ann', 'correct horse battery staple')
  app.listen(3000, () => console.log('http://localhost:3000 (ann, "correct horse battery staple")'))
}
