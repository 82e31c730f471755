// A small shop: a cart for everyone, a login, a list of the user's sessions. Run it with: node --conditions=instar-source examples/express.ts
import { DatabaseSync } from 'node:sqlite'
import express from 'express'
import { SessionManager } from 'instar'
import { instar, requireUser } from 'instar/adapters/express'
import { sqliteStore } from 'instar/stores/sqlite'
import * as users from './users.ts'

declare global {
  namespace Instar {
    interface SessionData {
      cart: string[]
    }
  }
}

export const app = express()
app.use(express.urlencoded())

// #region session
export const sessions = new SessionManager({ store: sqliteStore(new DatabaseSync(':memory:')) })
app.use(instar(sessions))
app.post('/login', async (req, res) => {
  const user = await users.verify(req.body.name, req.body.password)
  if (!user) return res.status(401).send('The name or the password is wrong.')
  await req.session.login(user.id, { keep: ['cart'] })
  res.redirect(303, req.session.returnTo('/'))
})
app.post('/logout', async (req, res) => {
  await req.session.logout()
  res.redirect(303, '/')
})
app.get('/devices', requireUser(), async (req, res) => res.json(await sessions.list(req.session.userId)))
// #endregion

// #region cart
app.post('/cart', (req, res) => {
  req.session.update('cart', (cart = []) => [...cart, String(req.body.item)])
  res.redirect(303, '/cart')
})
app.get('/cart', (req, res) => res.json(req.session.get('cart') ?? []))
// #endregion

app.get('/', (req, res) => {
  const { session } = req
  const csrf = `<input type="hidden" name="_csrf" value="${session.csrfToken()}">`
  const form = session.isAuthenticated()
    ? `<form method="post" action="/logout">${csrf}<button>Log out</button></form>`
    : `<form method="post" action="/login">${csrf}<input name="name"><input name="password" type="password"><button>Log in</button></form>`
  res.send(`<!doctype html><title>Shop</title>${form}<form method="post" action="/cart">${csrf}<input name="item"><button>Add</button></form>`)
})

if (import.meta.main) {
  await users.add('ann', 'correct horse battery staple')
  app.listen(3000, () => console.log('http://localhost:3000 (ann, "correct horse battery staple")'))
}
