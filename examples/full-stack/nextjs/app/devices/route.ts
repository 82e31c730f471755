import { withSession } from 'instar/adapters/web'
import { sessions } from '@/lib/sessions'

export const GET = withSession(sessions, async (_request, session) => Response.json(await sessions.list(await session.requireUser())))
