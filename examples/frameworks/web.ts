// #region session
import { SessionManager } from 'instar'
import { withSession } from 'instar/adapters/web'
import { memoryStore } from 'instar/stores/memory'
import * as users from '../users.ts'

const sessions = new SessionManager({ store: memoryStore() })

/** For Bun.serve({ fetch }), Deno.serve(fetch), or a route handler of Next.js. */
export const fetch = withSession(sessions, async (request, session) => {
  const route = `${request.method} ${new URL(request.url).pathname}`
  if (route === 'POST /login') {
    const form = await request.formData()
    const user = await users.verify(String(form.get('name')), String(form.get('password')))
    if (!user) return new Response('The name or the password is wrong.', { status: 401 })
    await session.login(user.id, { keep: ['cart'] })
    return seeOther(session.returnTo('/'))
  }
  if (route === 'POST /logout') {
    await session.logout()
    return seeOther('/')
  }
  if (route === 'GET /devices') return Response.json(await sessions.list(await session.requireUser()))
  if (route === 'POST /cart') {
    const item = String((await request.formData()).get('item'))
    session.update('cart', (cart = []) => [...cart, item])
    return seeOther('/cart')
  }
  if (route === 'GET /cart') return Response.json(session.get('cart') ?? [])
  return new Response('Nothing is here.', { status: 404 })
})
// #endregion

const seeOther = (location: string): Response => new Response(null, { status: 303, headers: { location } })
