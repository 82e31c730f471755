import type { IncomingMessage, ServerResponse } from 'node:http'
import { getIronSession } from 'iron-session'
import type { Actions, Serve } from '../server/application.ts'
import { onHttp } from '../server/http-server.ts'
import type { Data } from './express-session.ts'

type Session = Data & { save(): Promise<void>; destroy(): void }

interface Seen {
  /** A handler that needs the session opens it, as the documentation has it: there is no middleware. */
  session(): Promise<Session>
}

const actions: Actions<Seen> = {
  async read(seen) {
    const { user, value } = await seen.session()
    return { user: user ?? null, value: value ?? null }
  },
  write: (seen, value) => saved(seen, (session) => (session.value = value)),
  login: (seen, user) => saved(seen, (session) => (session.user = user)),
  logout: async (seen) => (await seen.session()).destroy(),
  fill: (seen, items) => saved(seen, (session) => (session.items = items)),
  async increment(seen, others) {
    const session = await seen.session()
    await others()
    session.count = (session.count ?? 0) + 1
    await session.save()
  },
  count: async (seen) => (await seen.session()).count ?? 0,
}

async function saved(seen: Seen, change: (session: Session) => unknown): Promise<void> {
  const session = await seen.session()
  change(session)
  await session.save()
}

export const serve: Serve = ({ secret }) => {
  const options = { password: secret, cookieName: 'session', cookieOptions: { secure: true } } // Secure is its default too, and the rest is left at it.
  const seen = (req: IncomingMessage, res: ServerResponse): Seen => ({ session: () => getIronSession(req, res, options) as Promise<Session> })
  return onHttp<Seen>((handler) => (req, res) => handler(req, res, seen(req, res)), actions)
}
