import { withSession } from 'instar/adapters/web'
import { seeOther, sessions } from '@/lib/sessions'

export const GET = withSession(sessions, (_request, session) => Response.json(session.get('cart') ?? []))

export const POST = withSession(sessions, async (request, session) => {
  const item = String((await request.formData()).get('item'))
  session.update('cart', (cart = []) => [...cart, item])
  return seeOther('/cart')
})
