import type { AtOnce } from './at-once.ts'
import { type CookieOptions, sessionCookies } from './cookie.ts'
import { LoginWatch } from './development.ts'
import { type EndingFeed, Endings } from './endings.ts'
import { InstarError } from './errors.ts'
import { type EventListener, emitter } from './events.ts'
import { guardStore } from './guarded-store.ts'
import { type Origin, parseOrigin, type RequestLike, userAgentOf } from './http.ts'
import type { Duration } from './lifetime.ts'
import { type Opening, openRequest } from './opening.ts'
import {
  checkedInsecure,
  checkedLifetimes,
  checkedLimit,
  checkedOrigin,
  checkedPayloadLimit,
  checkedStore,
  checkedStoreTimeout,
  checkedUserId,
  insecureOrigin,
  nearOf,
} from './options.ts'
import { checkedEncryption, type EncryptionOptions, sealingStore } from './payload-cipher.ts'
import type { LoadedUser, Policy, SessionLimit } from './policy.ts'
import { RowQueue } from './row-queue.ts'
import { Session } from './session.ts'
import { isTombstone, tryDecodeRecord } from './session-record.ts'
import type { SessionRow, SessionStore } from './session-store.ts'
import { isHandle } from './token.ts'
import type { DeclaredData, DeclaredUser } from './types.ts'
import { UnitOfWork } from './unit-of-work.ts'

export interface SessionManagerOptions<User = DeclaredUser> {
  /** Where sessions live. Required. */
  readonly store: SessionStore
  /** The site's own origin, `https://shop.example`: settles what a proxy hides, for cookies, CSRF and redirects. Default what the framework says of each request. */
  readonly origin?: string
  /** A login that is not used for so long ends. Default `30m`. */
  readonly idleTimeout?: Duration
  /** A login ends after so long, used or not. Default `12h`. */
  readonly absoluteTimeout?: Duration
  /** An anonymous session ends after so long. Default `1d`. */
  readonly anonymousTimeout?: Duration
  /** The two lifetimes of a login made with `remember`. Default `14d` and `30d`. */
  readonly remember?: { readonly idleTimeout?: Duration; readonly absoluteTimeout?: Duration }
  /** How many sessions a user may have, and whether a login beyond that is refused or ends the oldest. Default no limit. */
  readonly limit?: SessionLimit
  /** How many bytes an application may keep in one session; a write beyond it throws `payload_too_large`. Default 65,536. */
  readonly payloadLimit?: number
  /** Encrypts what is in a session before the store gets it. Default not encrypted; the store never holds what opens a session in either case. */
  readonly encryption?: EncryptionOptions
  /** How long an answer of the store is waited for before the request fails with 503. Default `10s`. */
  readonly storeTimeout?: Duration
  /** Loads a user for `session.user()`, with the stamp of the credentials; null or undefined when the account is gone or disabled. */
  readonly loadUser?: (userId: string) => Promise<LoadedUser<User> | null | undefined> | LoadedUser<User> | null | undefined
  /** Name, scope and attributes of the cookies. */
  readonly cookie?: CookieOptions
  /** Hears of everything that happens to sessions. */
  readonly onEvent?: EventListener
  /** Tells other processes that sessions ended, so that their sockets close at once. Default none: they notice at their interval. */
  readonly feed?: EndingFeed
  /** Unprefixed cookies without Secure, for plain http on a host other than localhost; refused with NODE_ENV=production. Default false. */
  readonly insecureDevelopment?: boolean
  /** The clock, in Unix milliseconds. Default `Date.now`. */
  readonly now?: () => number
}

/** One of a user's sessions, as a device list shows it. */
export interface SessionInfo {
  /** Public: names the session to `revoke`, opens nothing. */
  readonly handle: string
  readonly createdAt: number
  /** When its use was last noted; null when its cookie never came back. */
  readonly lastSeenAt: number | null
  readonly expiresAt: number
  readonly endsAt: number
  readonly level: number
  readonly methods: readonly string[]
  readonly remember: boolean
  readonly device: string | null
}

/** What a manager's options came to, for the guard and the test helpers; the package does not export it. */
export let policyOf: <Data extends object, User>(manager: SessionManager<Data, User>) => Policy<User>

/** As `open`, for adapters: at once where the answer is there, without a cookie or by a store within the process. Throws what `open` rejects with. */
export let openNow: <Data extends object, User>(manager: SessionManager<Data, User>, request: RequestLike) => AtOnce<Session<Data, User>>

/** The policy of an application's sessions: opens one for each request, and lists and revokes them. */
export class SessionManager<Data extends object = DeclaredData, User = DeclaredUser> {
  readonly #policy: Policy<User>
  readonly #loginWatch: LoginWatch
  /** The option, parsed. */
  readonly #origin: Origin | undefined

  /** Throws `bad_option`, naming the option, its value and the mend. */
  constructor(options: SessionManagerOptions<User>) {
    const now = options.now ?? (() => Date.now())
    const emit = emitter(options.onEvent, now)
    this.#loginWatch = new LoginWatch(emit, now)
    const secure = !checkedInsecure(options.insecureDevelopment)
    const store = guardStore(checkedStore(options.store), checkedStoreTimeout(options.storeTimeout))
    const endings = new Endings(options.feed)
    const encryption = checkedEncryption(options.encryption)
    this.#policy = {
      store: encryption ? sealingStore(store, encryption) : store,
      near: encryption ? undefined : nearOf(options.store), // What is remembered is sealed, and opening it is not done in the same tick.
      cookies: sessionCookies(options.cookie ?? {}, secure),
      lifetimes: checkedLifetimes(options),
      queue: new RowQueue(),
      origin: options.origin === undefined ? undefined : checkedOrigin(options.origin, secure),
      secure,
      limit: checkedLimit(options.limit),
      payloadLimit: checkedPayloadLimit(options.payloadLimit),
      loadUser: options.loadUser,
      now,
      emit: (occurrence) => {
        if (occurrence.type === 'session.login') this.#loginWatch.sawLogin(occurrence.userAgent)
        emit(occurrence)
        endings.saw(occurrence)
      },
      endings,
    }
    this.#origin = this.#policy.origin === undefined ? undefined : parseOrigin(this.#policy.origin)
  }

  /**
   * Opens the session of a request; without a cookie the store is not asked. Whatever the cookies hold, the outcome is a session, anonymous unless a token
   * opens a login. Rejects with `store_unavailable` or `row_unreadable` (503), and with `insecure_origin` where browsers would refuse the cookies.
   */
  async open(request: RequestLike): Promise<Session<Data, User>> {
    return this.#open(request)
  }

  #open(request: RequestLike): AtOnce<Session<Data, User>> {
    const policy = this.#policy
    const origin = this.#origin ?? parseOrigin(request.url)
    if (policy.secure && origin && !origin.carriesSecureCookies) throw insecureOrigin(origin.text)
    const opening = openRequest(policy, request)
    return opening instanceof Promise ? opening.then((opened) => this.#sessionOf(request, origin, opened)) : this.#sessionOf(request, origin, opening)
  }

  #sessionOf(request: RequestLike, origin: Origin | undefined, opening: Opening): Session<Data, User> {
    if (origin?.isPlain && origin.isLoopback) this.#loginWatch.sawRequest(userAgentOf(request), opening.login.present)
    return new Session<Data, User>(new UnitOfWork(this.#policy, request, opening))
  }

  /** The user's sessions, the one used last first; none for null, the user of an anonymous session. One whose row cannot be read is left out. */
  async list(userId: string | null): Promise<SessionInfo[]> {
    if (userId === null) return []
    const rows = await this.#policy.store.listByUser(checkedUserId(userId))
    const lastUse = (info: SessionInfo): number => info.lastSeenAt ?? info.createdAt
    return rows
      .filter((row) => !isTombstone(row))
      .flatMap(describe)
      .sort((left, right) => lastUse(right) - lastUse(left))
  }

  /** Ends one session of this user; false when the user has none of that handle. The user is asked for, because handles are public. */
  async revoke(userId: string, handle: string): Promise<boolean> {
    checkedUserId(userId)
    const row = isHandle(handle) ? await this.#policy.store.find(handle) : undefined
    if (!row || isTombstone(row) || row.userId !== userId) return false
    const revoked = await this.#policy.store.delete(handle)
    if (revoked) this.#policy.emit({ type: 'session.revoked', handle, userId, count: 1, reason: 'revoked' })
    return revoked
  }

  /** Ends all sessions of the session's user but this one; how many. Throws `login_required` for an anonymous session. */
  async revokeOthers(session: { readonly userId: string | null; readonly handle: string | null }): Promise<number> {
    const { userId, handle } = session
    if (userId === null || handle === null) throw new InstarError('login_required', 'revokeOthers() needs the session of a login. Call it after requireUser().')
    return this.#revokeByUser(userId, handle)
  }

  /** Ends all sessions of a user; how many. To be called when a password changes or an account is disabled. */
  async revokeAll(userId: string): Promise<number> {
    return this.#revokeByUser(checkedUserId(userId))
  }

  /** Ends every session of everyone, the anonymous ones too; how many. */
  async revokeEveryone(): Promise<number> {
    const count = await this.#policy.store.deleteAll()
    this.#policy.emit({ type: 'session.revoked', count, reason: 'revoked' })
    return count
  }

  async #revokeByUser(userId: string, except?: string): Promise<number> {
    const rows = await this.#policy.store.listByUser(userId).catch(() => undefined) // For the count alone: where it fails, they end all the same.
    const removed = await this.#policy.store.deleteByUser(userId, except)
    const count = rows ? rows.filter((row) => !isTombstone(row) && row.id !== except).length : removed
    if (count > 0) this.#policy.emit({ type: 'session.revoked', userId, count, reason: 'revoked' })
    return count
  }

  static {
    policyOf = (manager) => manager.#policy
    openNow = (manager, request) => manager.#open(request)
  }
}

function describe(row: SessionRow): SessionInfo[] {
  const record = tryDecodeRecord(row)
  if (!record) return []
  const { createdAt, seenAt, proof, remember, device } = record
  return [
    {
      handle: row.id,
      createdAt,
      lastSeenAt: seenAt ?? null,
      expiresAt: row.expiresAt,
      endsAt: row.endsAt,
      level: proof?.level ?? 0,
      methods: Object.keys(proof?.methods ?? {}).sort(),
      remember: remember === true,
      device: device ?? null,
    },
  ]
}
