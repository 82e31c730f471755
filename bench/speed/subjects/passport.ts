// Serves the originals and the drop-ins alike: what `express-session` and `passport` are, the installation decides.
import passport from 'passport'
import type { Actions, Serve } from '../server/application.ts'
import { onExpress } from '../server/express-server.ts'
import { resolved } from './callbacks.ts'
import { middleware, actions as ofSession, type Seen as SessionSeen, seedStore } from './express-session.ts'

interface User {
  readonly id: string
}

interface Seen extends SessionSeen {
  readonly user?: User
  login(user: User, done: (error?: unknown) => void): void
  logout(done: (error?: unknown) => void): void
}

const actions: Actions<Seen> = {
  ...ofSession,
  read: ({ user, session }) => ({ user: user?.id ?? null, value: session.value ?? null }),
  login: (req, id) => resolved((done) => req.login({ id }, done)),
  logout: (req) => resolved((done) => req.logout(done)),
}

export const serve: Serve = async (setting) => {
  const { use, store } = await middleware(setting)
  passport.serializeUser((user, done) => done(null, (user as User).id))
  passport.deserializeUser((id, done) => done(null, { id: id as string })) // An application's own look-up is not a cost of sessions.
  return onExpress(setting, [use, passport.session()], actions, seedStore(setting, store))
}
