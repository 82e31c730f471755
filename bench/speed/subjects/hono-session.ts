import { useSession, useSessionStorage } from '@hono/session'
import type { Actions, Serve } from '../server/application.ts'
import { onHono, sessionIn } from '../server/hono-server.ts'
import type { Data } from './express-session.ts'

interface Seen {
  readonly session: {
    get(): Promise<Data | null>
    update(change: Data | ((data: Data | null) => Data)): Promise<void>
    delete(): void
  }
}

const actions: Actions<Seen> = {
  async read({ session }) {
    const data = await session.get()
    return { user: data?.user ?? null, value: data?.value ?? null }
  },
  write: ({ session }, value) => session.update((data) => ({ ...data, value })),
  login: ({ session }, user) => session.update({ user }),
  async logout({ session }) {
    await session.get()
    session.delete()
  },
  fill: ({ session }, items) => session.update((data) => ({ ...data, items })),
  async increment({ session }, others) {
    const data = await session.get()
    await others()
    await session.update({ ...data, count: (data?.count ?? 0) + 1 })
  },
  count: async ({ session }) => (await session.get())?.count ?? 0,
}

export const serve: Serve = ({ store, secret }) => {
  const rows = new Map<string, Data>()
  const storage = {
    get: (sid: string) => rows.get(sid) ?? null,
    set: (sid: string, data: Data) => void rows.set(sid, data),
    delete: (sid: string) => void rows.delete(sid),
  }
  // A lifetime is recommended; without one, cookies never expire.
  const uses = [...(store === 'cookie' ? [] : [useSessionStorage(storage)]), useSession({ secret, duration: { absolute: 24 * 60 * 60 } })]
  return onHono(uses, (c) => ({ session: sessionIn(c) }), actions)
}
