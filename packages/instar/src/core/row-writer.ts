import { type Delta, draftOf, withDraft } from './delta.ts'
import { nextDeadline } from './lifetime.ts'
import { encodeWithin } from './payload-limit.ts'
import { conflictDeadline, type Policy } from './policy.ts'
import { decodeRecord, entomb, isTombstone, type SessionRecord, type Tombstone } from './session-record.ts'
import type { SessionRow } from './session-store.ts'

/** A row together with its payload, decoded. */
export interface Opened {
  readonly row: SessionRow
  readonly record: SessionRecord
}

export const isLive = (row: SessionRow | undefined): row is SessionRow => row !== undefined && !isTombstone(row)

/**
 * Changes a row by compare-and-set: `change` is asked anew for what the row holds by then, and refuses with undefined.
 * Undefined when the row ended meanwhile or `change` refused; throws `conflict` after the deadline.
 */
export async function changeRow<User>(
  policy: Policy<User>,
  opened: SessionRow,
  change: (now: Opened) => { record: SessionRecord; secretHash?: string } | undefined,
): Promise<Opened | undefined> {
  let result: Opened | undefined
  const checkPatience = conflictDeadline('A commit')
  await policy.queue.run(opened.id, async (last) => {
    let row: SessionRow | undefined = last && last.version > opened.version ? last : opened
    while (isLive(row)) {
      const current: Opened = { row, record: decodeRecord(row) }
      const changed = change(current)
      if (!changed) return row
      const next = withRecord(policy, current, changed.record, changed.secretHash)
      if (await policy.store.update(next)) {
        result = { row: { ...next, version: next.version + 1 }, record: changed.record }
        return result.row
      }
      checkPatience()
      row = await policy.store.find(opened.id)
    }
    return row
  })
  return result
}

/** Applies a delta to a row and, with `isUse`, notes its use; undefined when the row ended meanwhile. */
export function applyDelta<User>(policy: Policy<User>, opened: SessionRow, delta: Delta, isUse: boolean): Promise<Opened | undefined> {
  return changeRow(policy, opened, ({ record }) => {
    const written = withDraft(record, draftOf(record, delta))
    return { record: isUse ? { ...written, seenAt: policy.now() } : written }
  })
}

/** Notes that a login is in use, unless another request is writing the row, which does the same. */
export async function noteUse<User>(policy: Policy<User>, { row, record }: Opened): Promise<void> {
  if (policy.queue.isBusy(row.id)) return
  await policy.queue.run(row.id, async () => {
    const noted = withRecord(policy, { row, record }, { ...record, seenAt: policy.now() })
    return (await policy.store.update(noted)) ? { ...noted, version: noted.version + 1 } : undefined
  })
}

/**
 * Ends a row for good: a tombstone where nobody interferes, else nothing at all. It targets the handle, whatever the secret or the version became,
 * so no other write can win against it. False where it had ended already.
 * `onConflict` is shown the row as others left it, and true asks for another try.
 */
export async function retireRow<User>(
  policy: Policy<User>,
  opened: SessionRow,
  reason: Omit<Tombstone, 'secretHashes'>,
  onConflict: (row: SessionRow) => Promise<boolean> = async () => false,
): Promise<boolean> {
  let wasThere = false
  const retire = async (last: SessionRow | undefined): Promise<SessionRow | undefined> => {
    let row = opened
    if (last && last.version > opened.version) {
      if (isLive(last)) await onConflict(last) // What the commits before it in this process wrote.
      row = last
    }
    while (isLive(row)) {
      const retired = entomb(row, reason, policy.now())
      if (await updateOrDelete(policy, retired)) {
        wasThere = true
        return { ...retired, version: retired.version + 1 }
      }
      const found = await policy.store.find(row.id)
      if (found && !isLive(found)) return undefined
      // Also where it is gone: it may have expired by the clock of this process alone.
      if (!found || !(await onConflict(found))) {
        wasThere = await policy.store.delete(row.id)
        return undefined
      }
      row = found
    }
    return row
  }
  await policy.queue.run(opened.id, retire, QUEUE_PATIENCE)
  return wasThere
}

/** How long the end of a row waits for the commits before it, in milliseconds: it needs none of them, but leaves a tombstone if it follows them. */
const QUEUE_PATIENCE = 1_000

/** A store that cannot write a tombstone, for want of room say, may still be able to delete; the end of a login has to work. */
async function updateOrDelete<User>(policy: Policy<User>, retired: SessionRow): Promise<boolean> {
  try {
    return await policy.store.update(retired)
  } catch (error) {
    if (retired.userId === null) throw error
    await policy.store.delete(retired.id).catch(() => {
      throw error
    })
    return true
  }
}

function withRecord<User>(policy: Policy<User>, { row, record: before }: Opened, record: SessionRecord, secretHash = row.secretHash): SessionRow {
  const expiresAt = row.userId === null ? row.expiresAt : nextDeadline(policy.lifetimes, policy.now(), row.endsAt, record.remember === true)
  return { ...row, secretHash, expiresAt, payload: encodeWithin(policy.payloadLimit, record, before) }
}
