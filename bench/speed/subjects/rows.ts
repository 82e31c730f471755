import { hash } from 'node:crypto'
import type { SessionRow, SessionStore } from 'instar'
import { items, type Served, type Setting } from '../server/application.ts'
import { insertAll } from './drivers.ts'

const HOUR = 3_600_000
const AT_ONCE = 10_000
const INSERT =
  'INSERT INTO instar_sessions (id, user_id, secret_hash, version, expires_at, ends_at, payload) VALUES (@id, @userId, @secretHash, @version, @expiresAt, @endsAt, @payload)'

/** Stores logins of others: in SQLite past the store, which has a transaction for each. */
export function seeding(setting: Setting, store: SessionStore): NonNullable<Served['seed']> {
  const payload = JSON.stringify({ data: { value: 'dark', items: items(200) } })
  const row = (nth: number): SessionRow => rowOf(`${setting.name} ${nth}`, Date.now(), payload)
  if (setting.store === 'SQLite') return (from, to) => insertAll(setting, INSERT, row, from, to)
  return async (from, to) => {
    for (let start = from; start < to; start += AT_ONCE) {
      const numbers = Array.from({ length: Math.min(AT_ONCE, to - start) }, (_, n) => start + n)
      await Promise.all(numbers.map((nth) => store.create(row(nth))))
    }
  }
}

function rowOf(what: string, now: number, payload: string): SessionRow {
  const digest = hash('sha256', what, 'base64url')
  return { id: digest.slice(0, 22), userId: `u${what}`, secretHash: digest, version: 1, expiresAt: now + 10 * HOUR, endsAt: now + 12 * HOUR, payload }
}
