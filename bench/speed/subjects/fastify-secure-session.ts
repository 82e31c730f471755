import { hash } from 'node:crypto'
import secureSession from '@fastify/secure-session'
import type { Actions, Item, Serve } from '../server/application.ts'
import { onFastify } from '../server/fastify-server.ts'

interface Data {
  user: string
  value: string
  items: readonly Item[]
  count: number
}

interface Seen {
  readonly session: {
    get<Key extends keyof Data>(key: Key): Data[Key] | undefined
    set<Key extends keyof Data>(key: Key, value: Data[Key]): void
    regenerate(): void
    delete(): void
  }
}

const actions: Actions<Seen> = {
  read: ({ session }) => ({ user: session.get('user') ?? null, value: session.get('value') ?? null }),
  write: ({ session }, value) => session.set('value', value),
  login({ session }, user) {
    session.regenerate()
    session.set('user', user)
  },
  logout: ({ session }) => session.delete(),
  fill: ({ session }, items) => session.set('items', items),
  async increment({ session }, others) {
    await others()
    session.set('count', (session.get('count') ?? 0) + 1)
  },
  count: ({ session }) => session.get('count') ?? 0,
}

export const serve: Serve = ({ secret }) => {
  // A key of its own, as recommended: one made of a passphrase costs time at the start.
  const options = { key: hash('sha256', secret, 'buffer'), cookie: { path: '/', httpOnly: true, secure: true, sameSite: 'lax' } }
  return onFastify([{ plugin: secureSession, options }], actions)
}
