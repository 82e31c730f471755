import cookie from '@fastify/cookie'
import fastifySession from '@fastify/session'
import type { Actions, Item, Serve } from '../server/application.ts'
import { onFastify } from '../server/fastify-server.ts'

interface Seen {
  readonly session: {
    get<Key extends keyof Data>(key: Key): Data[Key] | undefined
    set<Key extends keyof Data>(key: Key, value: Data[Key]): void
    regenerate(): Promise<void>
    destroy(): Promise<void>
  }
}

interface Data {
  user: string
  value: string
  items: readonly Item[]
  count: number
}

const actions: Actions<Seen> = {
  read: ({ session }) => ({ user: session.get('user') ?? null, value: session.get('value') ?? null }),
  write: ({ session }, value) => session.set('value', value),
  async login(request, user) {
    await request.session.regenerate()
    request.session.set('user', user)
  },
  logout: ({ session }) => session.destroy(),
  fill: ({ session }, items) => session.set('items', items),
  async increment({ session }, others) {
    await others()
    session.set('count', (session.get('count') ?? 0) + 1)
  },
  count: ({ session }) => session.get('count') ?? 0,
}

export const serve: Serve = ({ secret }) => {
  const options = {
    secret,
    saveUninitialized: false, // "Can save storage space": nothing is stored for visitors who have nothing.
    rolling: false, // Only for short lifetimes that are to be pushed with every answer; else each answer would carry a cookie and each read a write.
    cookie: { secure: true, sameSite: 'lax', maxAge: 24 * 60 * 60 * 1000 },
  }
  return onFastify([{ plugin: cookie }, { plugin: fastifySession, options }], actions)
}
