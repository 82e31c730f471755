import { SessionManager, type SessionRow, type SessionStore } from 'instar'
import { memoryStore } from 'instar/stores/memory'

export interface Held {
  language: string
  note: string
  news: string
}

/** Instar with no option but its store, and the origin that an application behind any proxy would name. */
export function openSessions(origin: string): { readonly sessions: SessionManager<Held>; rows(): unknown } {
  const rows = new Map<string, SessionRow>()
  const store = memoryStore()
  /** What somebody who reads the database sees. */
  const seen: SessionStore = {
    async create(row) {
      await store.create(row)
      rows.set(row.id, row)
    },
    find: (id) => store.find(id),
    async update(row) {
      const isWritten = await store.update(row)
      if (isWritten) rows.set(row.id, row)
      return isWritten
    },
    delete(id) {
      rows.delete(id)
      return store.delete(id)
    },
    listByUser: (userId) => store.listByUser(userId),
    deleteByUser: (userId, except) => store.deleteByUser(userId, except),
    deleteAll: () => store.deleteAll(),
    deleteExpired: () => store.deleteExpired(),
  }
  return { sessions: new SessionManager<Held>({ store: seen, origin }), rows: () => Object.fromEntries(rows) }
}
