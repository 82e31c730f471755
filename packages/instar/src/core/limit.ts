import { InstarError } from './errors.ts'
import type { Policy, SessionLimit } from './policy.ts'
import { RecordData } from './record-data.ts'
import type { Opened } from './row-writer.ts'
import { isTombstone, RECORD_VERSION, type SessionRecord, tryDecodeRecord } from './session-record.ts'
import type { SessionRow } from './session-store.ts'

/** When a new login of a limited user counts as made: now, but after all that are there, whatever another process's clock says. */
export async function timeOfLogin<User>(policy: Policy<User>, userId: string): Promise<number> {
  if (!policy.limit) return policy.now()
  const rows = (await policy.store.listByUser(userId)).filter((row) => !isTombstone(row))
  return Math.max(policy.now(), ...rows.map((row) => (tryDecodeRecord(row)?.createdAt ?? 0) + 1))
}

/**
 * Holds a user's sessions to the limit after a new one was created. Everyone ranks all rows by the same order, so of several logins
 * at once just as many are left as may be. A login that ranks too low is refused; the caller then removes its row.
 */
export async function makeRoom<User>(policy: Policy<User>, limit: SessionLimit, fresh: SessionRow, replaced: string | undefined): Promise<void> {
  const userId = fresh.userId as string
  const rows = (await policy.store.listByUser(userId)).filter((row) => !isTombstone(row) && row.id !== replaced)
  if (!rows.some((row) => row.id === fresh.id)) throw new InstarError('session_ended', 'The new login was revoked before it was complete. Log in again.')

  const ranked = rows.map((row): Opened => ({ row, record: tryDecodeRecord(row) ?? UNREADABLE })).sort(limit.atLimit === 'refuse' ? whoCameFirst : whoCameLast)
  const surplus = ranked.slice(limit.perUser).map(({ row }) => row)
  if (surplus.length === 0) return
  const refused = surplus.some((row) => row.id === fresh.id)
  policy.emit({ type: 'session.limit_reached', userId, outcome: refused ? 'refused' : 'ended_others', limit: limit.perUser })
  if (refused) throw new InstarError('limit_reached', `This account has ${limit.perUser} open session(s), which is the limit. Log out on another device first.`)
  for (const row of surplus) {
    if (await policy.store.delete(row.id)) policy.emit({ type: 'session.revoked', handle: row.id, userId, count: 1, reason: 'limit' })
  }
}

/** Ranks as the oldest of all, and as one that nobody uses. */
const UNREADABLE: SessionRecord = { v: RECORD_VERSION, createdAt: 0, data: RecordData.NONE }

const whoCameLast = (left: Opened, right: Opened): number => right.record.createdAt - left.record.createdAt || (left.row.id < right.row.id ? -1 : 1)

/** Sessions in use keep their place. One that was never presented gives way to a newer one: its answer may have been lost. */
function whoCameFirst(left: Opened, right: Opened): number {
  const isUsed = (opened: Opened): boolean => opened.record.seenAt !== undefined
  if (isUsed(left) !== isUsed(right)) return isUsed(left) ? -1 : 1
  return isUsed(left) ? whoCameLast(right, left) : whoCameLast(left, right)
}
