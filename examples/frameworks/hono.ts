import { Hono } from 'hono'
// #region session
import { SessionManager } from 'instar'
import { instar } from 'instar/adapters/hono'
import { memoryStore } from 'instar/stores/memory'
import * as users from '../users.ts'

const sessions = new SessionManager({ store: memoryStore() })
export const app = new Hono()
app.use(instar(sessions))

app.post('/login', async (c) => {
  const { name, password } = await c.req.parseBody<{ name: string; password: string }>()
  const user = await users.verify(name, password)
  if (!user) return c.text('The name or the password is wrong.', 401)
  await c.var.session.login(user.id, { keep: ['cart'] })
  return c.redirect(c.var.session.returnTo('/'), 303)
})
app.post('/logout', async (c) => {
  await c.var.session.logout()
  return c.redirect('/', 303)
})
app.get('/devices', async (c) => c.json(await sessions.list(await c.var.session.requireUser())))
// #endregion
app.post('/cart', async (c) => {
  const { item } = await c.req.parseBody<{ item: string }>()
  c.var.session.update('cart', (cart = []) => [...cart, item])
  return c.redirect('/cart', 303)
})
app.get('/cart', (c) => c.json(c.var.session.get('cart') ?? []))
