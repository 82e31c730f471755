import { InstarError } from './errors.ts'
import { encodeWithin } from './payload-limit.ts'
import type { Policy } from './policy.ts'
import { type Opened, retireRow } from './row-writer.ts'
import { decodeRecord, isTombstone, type SessionRecord } from './session-record.ts'
import type { SessionRow } from './session-store.ts'
import { hashSecret, mintToken, type SessionToken } from './token.ts'

/** How often a parallel write to the row that is left is waited for, so that it comes along. */
const MOST_TRIES = 8

/**
 * Moves an anonymous session to a new row under a new id, with its deadlines and with what `write` makes of its record; then retires the row that it leaves.
 * A crash between the two leaves a row whose token nobody holds.
 */
export async function performRenewal<User>(
  policy: Policy<User>,
  left: Opened,
  write: (record: SessionRecord) => SessionRecord,
): Promise<Opened & { readonly token: SessionToken }> {
  const token = mintToken()
  const rowOf = (record: SessionRecord, before: SessionRecord): SessionRow => ({
    ...left.row,
    id: token.id,
    secretHash: hashSecret(token.secret),
    version: 1,
    payload: encodeWithin(policy.payloadLimit, record, before),
  })
  let record = write(left.record)
  let row = rowOf(record, left.record)
  let tries = 0
  try {
    await policy.store.create(row)
    const wasThere = await retireRow(policy, left.row, { retiredBy: 'renewal', successor: token.id }, async (changed) => {
      if (++tries > MOST_TRIES) return false
      const before = decodeRecord(changed)
      record = write(before)
      const next = { ...rowOf(record, before), version: row.version }
      if (!(await policy.store.update(next))) return false
      row = { ...next, version: next.version + 1 }
      return true
    })
    if (!wasThere && !(await wasRenewed(policy, left.row.id))) throw ended()
    return { row, record, token }
  } catch (error) {
    await policy.store.delete(token.id).catch(() => {}) // Best effort: nobody was told its secret, which is lost with this call.
    throw error
  }
}

/** Whether another request of the same visitor was faster with the same: then each goes on under an id of its own. */
async function wasRenewed<User>(policy: Policy<User>, id: string): Promise<boolean> {
  const row = await policy.store.find(id)
  return row !== undefined && isTombstone(row) && decodeRecord(row).tombstone?.retiredBy === 'renewal'
}

const ended = (): InstarError =>
  new InstarError('session_ended', 'The session ended while this request was under way, so it goes on under no other id. Reload and try again.')
