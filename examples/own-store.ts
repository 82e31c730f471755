import type { SessionRow, SessionStore } from 'instar'

// #region store
/** Sessions in a Map: the contract in its smallest form. A database does each of these in one statement. */
export function mapStore(now: () => number = Date.now): SessionStore {
  const rows = new Map<string, SessionRow>()
  const live = (id: string) => {
    const row = rows.get(id)
    return row && row.expiresAt > now() ? row : undefined // expired is absent, to every operation
  }
  const remove = (matching: (row: SessionRow) => boolean) => {
    const found = [...rows.values()].filter(matching)
    for (const { id } of found) rows.delete(id)
    return found.length
  }
  return {
    async create(row) {
      if (live(row.id)) throw new Error('The id is taken.') // an insert, never an upsert
      rows.set(row.id, Object.freeze({ ...row })) // a copy that nobody changes
    },
    find: async (id) => live(id),
    async update({ id, version, secretHash, expiresAt, payload }) {
      const stored = live(id)
      if (stored?.version !== version) return false // compare-and-set, and never an insert
      rows.set(id, Object.freeze({ ...stored, secretHash, expiresAt, payload, version: version + 1 })) // userId and endsAt stay
      return true
    },
    async delete(id) {
      const wasLive = live(id) !== undefined
      rows.delete(id)
      return wasLive // true for one caller alone
    },
    listByUser: async (userId) => [...rows.values()].filter((row) => row.userId === userId && live(row.id)),
    deleteByUser: async (userId, except) => remove((row) => row.userId === userId && row.id !== except), // expired or not
    deleteAll: async () => remove(() => true),
    deleteExpired: async () => remove((row) => row.expiresAt <= now()),
  }
}
// #endregion
