import { loadUnchanged } from './credentials.ts'
import { InstarError } from './errors.ts'
import { firstDeadlines } from './lifetime.ts'
import { makeRoom, timeOfLogin } from './limit.ts'
import { encodeWithin } from './payload-limit.ts'
import type { LoadedUser, Policy } from './policy.ts'
import type { RecordData } from './record-data.ts'
import { type Opened, retireRow } from './row-writer.ts'
import { decodeRecord, RECORD_VERSION, type SessionRecord } from './session-record.ts'
import type { SessionRow } from './session-store.ts'
import { hashSecret, mintToken, type SessionToken } from './token.ts'

/** What a login is to be, its options checked. */
export interface LoginOrder {
  readonly userId: string
  readonly method: string
  readonly level: number
  readonly remember: boolean
  readonly stamp: string | undefined
  readonly device: string | undefined
  /** What `keep` names, of the session that is left; asked again when that changed meanwhile. */
  readonly keptFrom: (left: SessionRecord | undefined) => RecordData
}

export interface LoggedIn<User> extends Opened {
  readonly token: SessionToken
  readonly loaded: LoadedUser<User> | undefined
}

/** How often a parallel write to the anonymous session that is left is waited for, so that what `keep` names comes along whole. */
const MOST_TRIES = 8

/**
 * Makes the only kind of row that has a user: always a new one, under a new id; then retires the row that the request came with.
 * In this order a crash between the two leaves a row whose token nobody holds, and the visitor as they were.
 */
export async function performLogin<User>(policy: Policy<User>, order: LoginOrder, left: Opened | undefined): Promise<LoggedIn<User>> {
  const token = mintToken()
  let tries = 0
  let fresh = newLogin(policy, order, token, left?.record, await timeOfLogin(policy, order.userId))
  try {
    await policy.store.create(fresh.row)
    // Only now: a change of the credentials before this line is seen here, and one after it finds the row to revoke.
    const loaded = await confirmCredentials(policy, order)
    if (policy.limit) await makeRoom(policy, policy.limit, fresh.row, left?.row.id)
    if (left) await retireRow(policy, left.row, { retiredBy: 'login', userId: order.userId, successor: token.id }, takeAlong)
    return { ...fresh, token, loaded }
  } catch (error) {
    await policy.store.delete(token.id).catch(() => {}) // Best effort: nobody was told its secret, which is lost with this call.
    throw error
  }

  async function takeAlong(changed: SessionRow): Promise<boolean> {
    if (changed.userId !== null || ++tries > MOST_TRIES) return false
    const from = decodeRecord(changed)
    const record = { ...fresh.record, data: order.keptFrom(from) }
    const row = { ...fresh.row, payload: encodeWithin(policy.payloadLimit, record, from) }
    if (!(await policy.store.update(row))) throw new InstarError('session_ended', 'The new login was revoked before it was complete. Log in again.')
    fresh = { row: { ...row, version: row.version + 1 }, record }
    return true
  }
}

function newLogin<User>(policy: Policy<User>, order: LoginOrder, token: SessionToken, left: SessionRecord | undefined, createdAt: number): Opened {
  const now = policy.now()
  const record: SessionRecord = {
    v: RECORD_VERSION,
    createdAt,
    data: order.keptFrom(left),
    proof: { level: order.level, methods: { [order.method]: now } },
    ...(order.stamp !== undefined && { stamp: order.stamp }),
    ...(order.remember && { remember: true }),
    ...(order.device !== undefined && { device: order.device }),
  }
  const deadlines = firstDeadlines(policy.lifetimes, now, order.remember ? 'remember' : 'login')
  const row = {
    id: token.id,
    userId: order.userId,
    secretHash: hashSecret(token.secret),
    version: 1,
    ...deadlines,
    payload: encodeWithin(policy.payloadLimit, record, left),
  }
  return { row, record }
}

async function confirmCredentials<User>(policy: Policy<User>, order: LoginOrder): Promise<LoadedUser<User> | undefined> {
  if (!policy.loadUser) return undefined
  const loaded = await loadUnchanged(policy, order.userId, order.stamp)
  if (!loaded)
    throw new InstarError(
      'credentials_changed',
      'The account was changed, disabled or removed while the login was under way, or login() was not given the stamp of the record that was verified. Log in again.',
    )
  return loaded
}
