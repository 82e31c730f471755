import { withSession } from 'instar/adapters/web'
import { seeOther, sessions } from '@/lib/sessions'
import * as users from '@/lib/users'

export const POST = withSession(sessions, async (request, session) => {
  const form = await request.formData()
  const user = await users.verify(form.get('name'), form.get('password'))
  if (!user) return new Response('The name or the password is wrong.', { status: 401 })
  await session.login(user.id, { keep: ['cart'] })
  return seeOther(session.returnTo('/'))
})
