// The first lines of an Express application that renders its own pages and has declared nothing: they compile as they stand, with plain strict.
import { DatabaseSync } from 'node:sqlite'
import express from 'express'
import { SessionManager } from 'instar'
import { instar, requireUser } from 'instar/adapters/express'
import { sqliteStore } from 'instar/stores/sqlite'

const app = express()
declare const users: { verify(name: string, password: string): Promise<{ id: string } | undefined> }

const sessions = new SessionManager<{ cart: string[] }>({ store: sqliteStore(new DatabaseSync('app.db')) })
app.use(instar(sessions))
app.post('/login', async (req, res) => {
  const user = await users.verify(req.body.name, req.body.password)
  if (!user) return res.status(401).render('login', { failed: true })
  await req.session.login(user.id, { keep: ['cart'] })
  res.redirect(req.session.returnTo('/'))
})
app.post('/logout', async (req, res) => {
  await req.session.logout()
  res.redirect('/')
})
app.get('/devices', requireUser(), async (req, res) => res.json(await sessions.list(req.session.userId)))
