import type { Session } from 'instar'
import type { Held } from './instar-sessions.ts'
import type { Visit } from './routes.ts'

/** The bank on a session of Instar, the same on every framework. */
export const visitOf = (session: Session<Held>): Visit => ({
  shown: () => ({ user: session.userId, language: session.get('language'), note: session.get('note'), token: session.csrfToken() }),
  login: (user) => session.login(user, { keep: ['language'] }),
  logout: () => session.logout(),
  write: (key, value) => session.set(key, value),
  setReturnTo: (path) => void session.setReturnTo(path),
  returnTo: () => session.returnTo('/account'),
})
