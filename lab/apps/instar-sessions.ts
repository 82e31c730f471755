import { SessionManager, type SessionRow, type SessionStore } from 'instar'
import { memoryStore } from 'instar/stores/memory'

export interface Held {
  language: string
  note: string
  news: string
}

/** Instar without an option but its store, and the origin that an application behind any proxy would name. */
export function openSessions(origin: string): { readonly sessions: SessionManager<Held>; rows(): unknown } {
  const rows = new Map<string, SessionRow>()
  const store = memoryStore()
  /** What somebody who reads the database sees. */
  const seen: SessionStore = {
    create(row) {
      rows.set(row.id, row)
      return store.create(row)
    },
    find: (id) => store.find(id),
    update(row) {
      rows.set(row.id, row)
      return store.update(row)
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
