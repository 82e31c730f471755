import session from 'koa-session'
import type { Actions, Serve } from '../server/application.ts'
import { onKoa } from '../server/koa-server.ts'
import type { Data } from './express-session.ts'

interface Seen {
  session: (Data & { regenerate(): void }) | null
}

const actions: Actions<Seen> = {
  read: ({ session }) => ({ user: session?.user ?? null, value: session?.value ?? null }),
  write({ session }, value) {
    if (session) session.value = value
  },
  login({ session }, user) {
    session?.regenerate()
    if (session) session.user = user
  },
  logout(ctx) {
    ctx.session = null
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

export const serve: Serve = ({ secret }) => {
  // The least that a store can do: it has none of its own, and without one the session is the cookie.
  const rows = new Map<string, unknown>()
  const store = {
    get: async (key: string) => rows.get(key),
    set: async (key: string, value: unknown) => void rows.set(key, value),
    destroy: async (key: string) => void rows.delete(key),
  }
  return onKoa((app) => {
    app.keys = [secret]
    return [session({ store, signed: true, secure: true, httpOnly: true, sameSite: 'lax', maxAge: 86_400_000 }, app)]
  }, actions)
}
