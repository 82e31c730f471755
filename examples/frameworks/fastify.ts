import fastify from 'fastify'
// #region session
import { SessionManager } from 'instar'
import { instar } from 'instar/adapters/fastify'
import { memoryStore } from 'instar/stores/memory'
import * as users from '../users.ts'
import formbody from './fastify-form.ts'

const sessions = new SessionManager({ store: memoryStore() })
export const app = fastify()
app.register(formbody)
app.register(instar(sessions))

app.post<{ Body: { name: string; password: string } }>('/login', async (request, reply) => {
  const user = await users.verify(request.body.name, request.body.password)
  if (!user) return reply.status(401).send('The name or the password is wrong.')
  await request.session.login(user.id, { keep: ['cart'] })
  return reply.redirect(request.session.returnTo('/'), 303)
})
app.post('/logout', async (request, reply) => {
  await request.session.logout()
  return reply.redirect('/', 303)
})
app.get('/devices', async (request) => sessions.list(await request.session.requireUser()))
// #endregion
app.post<{ Body: { item: string } }>('/cart', async (request, reply) => {
  request.session.update('cart', (cart = []) => [...cart, request.body.item])
  return reply.redirect('/cart', 303)
})
app.get('/cart', async (request) => request.session.get('cart') ?? [])
