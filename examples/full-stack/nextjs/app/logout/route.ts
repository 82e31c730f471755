import { withSession } from 'instar/adapters/web'
import { seeOther, sessions } from '@/lib/sessions'

export const POST = withSession(sessions, async (_request, session) => {
  await session.logout()
  return seeOther('/')
})
