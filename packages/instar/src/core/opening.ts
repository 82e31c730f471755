import { type AtOnce, after } from './at-once.ts'
import { type CookieReading, readCookie } from './cookie-header.ts'
import { isSafeMethod, type RequestLike, userAgentOf } from './http.ts'
import type { Policy } from './policy.ts'
import { changeRow, type Opened } from './row-writer.ts'
import { decodeRecord, isTombstone } from './session-record.ts'
import type { NearStore, SessionRow } from './session-store.ts'
import { hashSecret, parseToken, type SessionToken, sameHash } from './token.ts'

/**
 * Who a request comes with. `none`: nobody, or a token that is no longer good. `superseded`: a token that a login, a logout or an elevation left behind;
 * such a request may read and log in, but what it writes is dropped. `live`: a row, and the token that opened it; `isNear` where the row is one that the store remembered.
 */
export type Standing =
  | { readonly kind: 'none' }
  | { readonly kind: 'superseded' }
  | ({ readonly kind: 'live'; readonly token: SessionToken; readonly isNear?: true } & Opened)

/** The state of a request when it came in. */
export interface Opening {
  readonly standing: Standing
  readonly login: CookieReading
  readonly anonymous: CookieReading
  /** The handle of a login token that came and whose row this process does not find: gone, or expired by its clock alone. */
  readonly absentLogin?: string
}

const NOBODY: Standing = { kind: 'none' }

/** A standing by a remembered row, as it is now: what changes who somebody is rests on no other. */
export async function confirmed<User>(policy: Policy<User>, near: Extract<Standing, { kind: 'live' }>): Promise<Standing> {
  const row = unexpired(policy, await policy.store.find(near.row.id))
  return row ? openRow(policy, 'login', near.token, row, undefined) : NOBODY
}

/** Reads both cookies and opens at most one row: the login's, or where that is dead or absent the anonymous one's. At once where there is neither, and where the store answers at once. */
export function openRequest<User>(policy: Policy<User>, request: RequestLike): AtOnce<Opening> {
  const header = request.headers.get('cookie')
  const login = readCookie(header, policy.cookies.login.name)
  const anonymous = readCookie(header, policy.cookies.anonymous.name)
  if (!login.present && !anonymous.present) return { standing: NOBODY, login, anonymous }
  return openByCookies(policy, request, login, anonymous)
}

function openByCookies<User>(policy: Policy<User>, request: RequestLike, login: CookieReading, anonymous: CookieReading): AtOnce<Opening> {
  const userAgent = userAgentOf(request)
  reportOddCookie(policy, policy.cookies.login.name, login, userAgent)
  reportOddCookie(policy, policy.cookies.anonymous.name, anonymous, userAgent)
  const token = parseToken(login.value)
  const near = token && policy.near && openNear(policy, policy.near, request, token)
  if (near) return { standing: near, login, anonymous }
  const found = token && findLive(policy, token)
  // Without closures where the row is there at once: they would be most of what this costs.
  if (found instanceof Promise) return found.then((row) => openFound(policy, login, anonymous, userAgent, token, row))
  return openFound(policy, login, anonymous, userAgent, token, found)
}

function openFound<User>(
  policy: Policy<User>,
  login: CookieReading,
  anonymous: CookieReading,
  userAgent: string | undefined,
  token: SessionToken | undefined,
  row: SessionRow | undefined,
): AtOnce<Opening> {
  const byLogin = token && row ? openRow(policy, 'login', token, row, userAgent) : NOBODY
  if (!(byLogin instanceof Promise) && byLogin.kind !== 'none') return { standing: byLogin, login, anonymous }
  const absent = token && !row && { absentLogin: token.id }
  return after(byLogin, (standing) =>
    after(standing.kind === 'none' ? openAnonymous(policy, parseToken(anonymous.value), userAgent) : standing, (last) => ({
      standing: last,
      login,
      anonymous,
      ...absent,
    })),
  )
}

function reportOddCookie<User>({ emit }: Policy<User>, cookie: string, reading: CookieReading, userAgent: string | undefined): void {
  if (!reading.duplicate && !reading.lookAlike) return
  const who = userAgent === undefined ? {} : { userAgent }
  if (reading.duplicate) emit({ type: 'session.duplicate_cookie', cookie, ...who })
  if (reading.lookAlike) emit({ type: 'session.look_alike_cookie', cookie, ...who })
}

/**
 * The login that a remembered row opens by itself: to a request that only reads, and whose secret is the row's. Whatever else it says, or does not say, the store is asked; so it is
 * for handshakes, after which anything may be asked for, and for anonymous sessions, where a login is on its way and the next request must see what the last one wrote.
 */
function openNear<User>(policy: Policy<User>, near: NearStore['near'], request: RequestLike, token: SessionToken): Standing | undefined {
  if (!isSafeMethod(request.method) || request.headers.get('upgrade') !== null) return undefined
  const row = unexpired(policy, near(token.id))
  if (!row || row.userId === null || isTombstone(row) || !sameHash(hashSecret(token.secret), row.secretHash)) return undefined
  return { kind: 'live', token, row, record: decodeRecord(row), isNear: true }
}

function findLive<User>(policy: Policy<User>, token: SessionToken): AtOnce<SessionRow | undefined> {
  const found = policy.store.find(token.id)
  return found instanceof Promise ? found.then((row) => unexpired(policy, row)) : unexpired(policy, found)
}

const unexpired = <User>(policy: Policy<User>, row: SessionRow | undefined): SessionRow | undefined => (row && row.expiresAt > policy.now() ? row : undefined)

function openAnonymous<User>(policy: Policy<User>, token: SessionToken | undefined, userAgent: string | undefined): AtOnce<Standing> {
  if (!token) return NOBODY
  return after(findLive(policy, token), (row) => (row ? openRow(policy, 'anonymous', token, row, userAgent) : NOBODY))
}

function openRow<User>(
  policy: Policy<User>,
  cookie: 'login' | 'anonymous',
  token: SessionToken,
  row: SessionRow,
  userAgent: string | undefined,
): AtOnce<Standing> {
  if ((row.userId === null) !== (cookie === 'anonymous')) return NOBODY
  const hash = hashSecret(token.secret)
  if (isTombstone(row)) return openTombstone(policy, row, hash, userAgent)
  if (sameHash(hash, row.secretHash)) return { kind: 'live', token, row, record: decodeRecord(row) }
  return promote(policy, row, token, hash).then((promoted) => promoted ?? reportStale(policy, row, hash, userAgent))
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
