import cookieSession from 'cookie-session'
import type { Actions, Serve } from '../server/application.ts'
import { onExpress } from '../server/express-server.ts'
import type { Data } from './express-session.ts'

interface Seen {
  session: Data | null
}

const actions: Actions<Seen> = {
  read: ({ session }) => ({ user: session?.user ?? null, value: session?.value ?? null }),
  write({ session }, value) {
    if (session) session.value = value
  },
  login(req, user) {
    req.session = { user }
  },
  logout(req) {
    req.session = null
  },
  fill({ session }, items) {
    if (session) session.items = items
  },
  async increment({ session }, others) {
    await others()
    if (session) session.count = (session.count ?? 0) + 1
  },
  count: ({ session }) => session?.count ?? 0,
}

export const serve: Serve = (setting) =>
  onExpress(setting, [cookieSession({ keys: [setting.secret], maxAge: 24 * 60 * 60 * 1000, secure: true, sameSite: 'lax' })], actions)
