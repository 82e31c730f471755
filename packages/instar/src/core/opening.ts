import { type CookieReading, readCookie } from './cookie-header.ts'
import { type RequestLike, userAgentOf } from './http.ts'
import type { Policy } from './policy.ts'
import { changeRow, type Opened } from './row-writer.ts'
import { decodeRecord, isTombstone } from './session-record.ts'
import type { SessionRow } from './session-store.ts'
import { hashSecret, parseToken, type SessionToken, sameHash } from './token.ts'

/**
 * Who a request comes with. `none`: nobody, or a token that is no longer good. `superseded`: a token that a login, a logout or an elevation left behind;
 * such a request may read and log in, but what it writes is dropped. `live`: a row, and the token that opened it.
 */
export type Standing = { readonly kind: 'none' } | { readonly kind: 'superseded' } | ({ readonly kind: 'live'; readonly token: SessionToken } & Opened)

/** The state of a request when it came in. */
export interface Opening {
  readonly standing: Standing
  readonly login: CookieReading
  readonly anonymous: CookieReading
  /** The handle of a login token that came and whose row this process does not find: gone, or expired by its clock alone. */
  readonly absentLogin?: string
}

const NOBODY: Standing = { kind: 'none' }

/** Reads both cookies and opens at most one row: the login's, or where that is dead or absent the anonymous one's. */
export async function openRequest<User>(policy: Policy<User>, request: RequestLike): Promise<Opening> {
  const header = request.headers.get('cookie')
  const login = readCookie(header, policy.cookies.login.name)
  const anonymous = readCookie(header, policy.cookies.anonymous.name)
  if (!login.present && !anonymous.present) return { standing: NOBODY, login, anonymous }

  const userAgent = userAgentOf(request)
  reportOddCookie(policy, policy.cookies.login.name, login, userAgent)
  reportOddCookie(policy, policy.cookies.anonymous.name, anonymous, userAgent)
  const token = parseToken(login.value)
  const row = token && (await findLive(policy, token))
  let standing = row ? await openRow(policy, 'login', token, row, userAgent) : NOBODY
  if (standing.kind === 'none') standing = await openAnonymous(policy, parseToken(anonymous.value), userAgent)
  return { standing, login, anonymous, ...(token && !row && { absentLogin: token.id }) }
}

function reportOddCookie<User>({ emit }: Policy<User>, cookie: string, reading: CookieReading, userAgent: string | undefined): void {
  const who = userAgent === undefined ? {} : { userAgent }
  if (reading.duplicate) emit({ type: 'session.duplicate_cookie', cookie, ...who })
  if (reading.lookAlike) emit({ type: 'session.look_alike_cookie', cookie, ...who })
}

async function findLive<User>(policy: Policy<User>, token: SessionToken): Promise<SessionRow | undefined> {
  const row = await policy.store.find(token.id)
  return row && row.expiresAt > policy.now() ? row : undefined
}

async function openAnonymous<User>(policy: Policy<User>, token: SessionToken | undefined, userAgent: string | undefined): Promise<Standing> {
  const row = token && (await findLive(policy, token))
  return row ? openRow(policy, 'anonymous', token, row, userAgent) : NOBODY
}

async function openRow<User>(
  policy: Policy<User>,
  cookie: 'login' | 'anonymous',
  token: SessionToken,
  row: SessionRow,
  userAgent: string | undefined,
): Promise<Standing> {
  if ((row.userId === null) !== (cookie === 'anonymous')) return NOBODY
  const hash = hashSecret(token.secret)
  if (isTombstone(row)) return openTombstone(policy, row, hash, userAgent)
  if (sameHash(hash, row.secretHash)) return { kind: 'live', token, row, record: decodeRecord(row) }
  return (await promote(policy, row, token, hash)) ?? reportStale(policy, row, hash, userAgent)
}

function openTombstone<User>(policy: Policy<User>, row: SessionRow, hash: string, userAgent: string | undefined): Standing {
  const { tombstone } = decodeRecord(row)
  if (!tombstone?.secretHashes.some((known) => sameHash(hash, known))) return NOBODY
  const { retiredBy, userId, successor } = tombstone
  policy.emit({
    type: 'session.superseded_token',
    handle: row.id,
    retiredBy,
    ...(userId !== undefined && { userId }),
    ...(successor !== undefined && { successor }),
    ...(userAgent !== undefined && { userAgent }),
  })
  return { kind: 'superseded' }
}

/** The first request with the next secret makes it the only one; of several at once, all are let in and one writes. */
async function promote<User>(policy: Policy<User>, row: SessionRow, token: SessionToken, hash: string): Promise<Standing | undefined> {
  let alreadyDone: Opened | undefined
  const promoted = await changeRow(policy, row, (current) => {
    const { next, ...record } = current.record
    if (sameHash(hash, current.row.secretHash)) alreadyDone = current
    if (!next || !sameHash(hash, next.secretHash)) return undefined
    const proof = { level: next.level, methods: next.methods }
    return { secretHash: next.secretHash, record: { ...record, proof, previousHash: current.row.secretHash, seenAt: policy.now() } }
  })
  const opened = promoted ?? alreadyDone
  return opened && { kind: 'live', token, ...opened }
}

function reportStale<User>(policy: Policy<User>, row: SessionRow, hash: string, userAgent: string | undefined): Standing {
  const { previousHash } = decodeRecord(row)
  const known = previousHash !== undefined && sameHash(hash, previousHash)
  const whose = row.userId === null ? {} : { userId: row.userId }
  policy.emit({ type: 'session.stale_secret', handle: row.id, known, ...whose, ...(userAgent !== undefined && { userAgent }) })
  return known ? { kind: 'superseded' } : NOBODY
}
