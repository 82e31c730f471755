import type { Context } from 'hono'
import { MemoryStore, sessionMiddleware } from 'hono-sessions'
import type { Actions, Item, Serve } from '../server/application.ts'
import { onHono, sessionIn } from '../server/hono-server.ts'

interface Data {
  user: string
  value: string
  items: readonly Item[]
  count: number
}

interface Seen {
  readonly c: Context
  readonly session: {
    get<Key extends keyof Data>(key: Key): Data[Key] | null
    set<Key extends keyof Data>(key: Key, value: Data[Key]): void
    deleteSession(): void
  }
}

const actions: Actions<Seen> = {
  read: ({ session }) => ({ user: session.get('user') ?? null, value: session.get('value') ?? null }),
  write: ({ session }, value) => session.set('value', value),
  login({ c, session }, user) {
    session.set('user', user)
    c.set('session_key_rotation', true) // A new id at login.
  },
  logout: ({ session }) => session.deleteSession(),
  fill: ({ session }, items) => session.set('items', items),
  async increment({ session }, others) {
    await others()
    session.set('count', (session.get('count') ?? 0) + 1)
  },
  count: ({ session }) => session.get('count') ?? 0,
}

export const serve: Serve = () => {
  const use = sessionMiddleware({
    store: new MemoryStore(),
    // No `encryptionKey`, though one is recommended: ids are random anyway, and with a key each request would cost several times as much.
    expireAfterSeconds: 900, // These three as in the documentation.
    autoExtendExpiration: true,
    cookieOptions: { path: '/', httpOnly: true, secure: true, sameSite: 'Lax' },
  })
  return onHono([use], (c) => ({ c, session: sessionIn(c) }), actions)
}
