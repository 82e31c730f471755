import { randomText } from '#platform'
import { guardAssignments } from './assignment.ts'
import { edits } from './delta.ts'
import { InstarError } from './errors.ts'
import type { CommitResult } from './http.ts'
import { type DeepReadonly, deepFreeze, frozenCopy, type Json } from './json.ts'
import { type Duration, milliseconds } from './lifetime.ts'
import { checkedUserId } from './options.ts'
import { sameOriginPath } from './return-to.ts'
import type { DeclaredData, DeclaredUser, KeyOf } from './types.ts'
import type { UnitOfWork } from './unit-of-work.ts'

export interface LoginOptions<Data = DeclaredData> {
  /** What to take along of the session that is left; all else stays behind, and of another user's session everything does. A validated `returnTo` always comes along. */
  readonly keep?: readonly KeyOf<Data>[]
  /** How the user proved who they are, as `requireFresh` and the device list name it. Default `'login'`. */
  readonly method?: string
  /** What that proof is worth. Default 1. */
  readonly level?: number
  /** Keeps the login across browser restarts, with the longer `remember` lifetimes. Default false. */
  readonly remember?: boolean
  /** The stamp of the very record whose credentials were verified; to be given when `loadUser` returns one. */
  readonly stamp?: string
  /** A note for the device list. Default the User-Agent; null for none. */
  readonly device?: string | null
  /** Allows a login by a client that sends neither `Sec-Fetch-Site` nor `Origin` nor a CSRF token, such as a script. Default false. */
  readonly allowUnverifiedRequest?: boolean
}

/** The unit behind a session, for the manager and the guard; the package does not export it. */
export let unitOf: <Data extends object, User>(session: Session<Data, User>) => UnitOfWork<User>

/** One request's session: reads are local, writes wait for the end of the request, `login`, `logout` and `elevate` are stored when they resolve. */
export class Session<Data extends object = DeclaredData, User = DeclaredUser> {
  readonly #unit: UnitOfWork<User>

  /** Made by `SessionManager.open`. */
  constructor(unit: UnitOfWork<User>) {
    this.#unit = unit
  }

  get #asked(): UnitOfWork<User> {
    this.#unit.wasAsked = true
    return this.#unit
  }

  // Who it is

  /** The public handle of the session's row, for logs and device lists; null while nothing is stored. */
  get handle(): string | null {
    return this.#asked.live?.row.id ?? null
  }

  /** Whose login this is; null for an anonymous session. */
  get userId(): string | null {
    return this.#asked.login?.row.userId ?? null
  }

  /** What the login proved so far; 0 for an anonymous session. */
  get level(): number {
    return this.#asked.proof?.level ?? 0
  }

  /** The methods that were proven, in the order of their names. */
  get methods(): readonly string[] {
    return Object.keys(this.#asked.proof?.methods ?? {}).sort()
  }

  /** When the user last proved who they are, in Unix milliseconds; null for an anonymous session. */
  get authenticatedAt(): number | null {
    const { proof } = this.#asked
    return proof ? Math.max(...Object.values(proof.methods)) : null
  }

  /** When the session ends if it is not used, in Unix milliseconds; null while nothing is stored. */
  get expiresAt(): number | null {
    return this.#asked.live?.row.expiresAt ?? null
  }

  /** Whether this is a login made with `remember`. */
  get remember(): boolean {
    return this.#asked.login?.record.remember === true
  }

  /** Whether somebody is logged in, as far as the row says; with `loadUser`, `user()` and `requireUser()` look at the account too. */
  isAuthenticated(): boolean {
    return this.#asked.login !== undefined
  }

  /**
   * The user, by `loadUser`, once per request. Undefined when nobody is logged in; also when the account is gone, disabled, or has another stamp
   * than the login stored: the session then ends there and then.
   */
  async user(): Promise<User | undefined> {
    const unit = this.#asked
    if (!unit.policy.loadUser)
      throw new InstarError('bad_option', 'session.user() needs the option loadUser. Give it to the SessionManager, or read session.userId.')
    return (await unit.loadUser())?.user
  }

  /** The id of the user, whose account was checked if `loadUser` is given; throws `login_required` (401) when nobody is logged in. */
  async requireUser(): Promise<string> {
    const unit = this.#asked
    if (unit.policy.loadUser) await unit.loadUser()
    if (unit.login?.row.userId == null) throw new InstarError('login_required', 'This needs a login. Log in and try again.')
    return unit.login.row.userId
  }

  /** Throws `login_required` (401), or `fresh_login_required` (403) when the last proof, or that of the named method, is older than `maxAge`. */
  async requireFresh(options: { readonly maxAge: Duration; readonly method?: string }): Promise<string> {
    const userId = await this.requireUser()
    const maxAge = milliseconds('requireFresh.maxAge', options.maxAge)
    const provenAt = options.method === undefined ? this.authenticatedAt : this.#unit.proof?.methods[options.method]
    if (provenAt != null && this.#unit.policy.now() - provenAt <= maxAge) return userId
    const how = options.method === undefined ? '' : ` by ${options.method}`
    throw new InstarError('fresh_login_required', `This needs a proof of identity${how} within the last ${options.maxAge}. Confirm who you are and try again.`)
  }

  /**
   * Logs a user in, whose credentials the application has verified: a new row under a new id; the one that the request came with is retired. Resolves once
   * it is stored. Rejects with `limit_reached`, `credentials_changed`, `session_ended` or `store_unavailable`: nobody was logged in then, and the request is
   * who it was before, unless the store failed midway: then that session, or others beyond the limit, may have ended. Throws `unverified_request` where nothing shows that a page of this application sent the request.
   */
  login(userId: string, options: LoginOptions<Data> = {}): Promise<void> {
    const unit = this.#asked
    const { method = 'login', level = 1, remember = false, keep = [], stamp } = options
    checkedUserId(userId)
    checkProof(method, level)
    if (stamp !== undefined && !unit.policy.loadUser)
      throw new InstarError(
        'bad_option',
        'login() was given a stamp, which nothing would compare. Give loadUser to the SessionManager, or leave the stamp out.',
      )
    if (!unit.isVerified && options.allowUnverifiedRequest !== true) {
      throw new InstarError(
        'unverified_request',
        'Nothing shows that a page of this application sent this login: it came without Sec-Fetch-Site, Origin and CSRF token. Browsers send the first two; for other clients call login() with allowUnverifiedRequest: true.',
      )
    }
    const device = options.device === undefined ? unit.userAgent : (options.device ?? undefined)
    return unit.logIn({ userId, method, level, remember, stamp, device }, keep)
  }

  /**
   * Ends this session, and with `everywhere` all others of the user. Resolves once it is stored; then the session is a new anonymous one. A request that
   * is still under way cannot bring it back. Nothing to end is no error.
   */
  logout(options: { readonly everywhere?: boolean } = {}): Promise<void> {
    return this.#asked.logOut(options.everywhere === true)
  }

  /**
   * Notes that the user has just proven again who they are (ASVS 7.2.4). The answer carries a new secret, which alone is worth the new level; the old one is
   * worth what it was, and dies when the new one is first presented. Rejects with `login_required`, `credentials_changed` or `session_ended`.
   */
  elevate(options: { readonly method: string; readonly level?: number }): Promise<void> {
    checkProof(options.method, options.level ?? 1)
    return this.#asked.elevate(options.method, options.level)
  }

  /**
   * Moves an anonymous session to a new id, with all that it holds; the old one is worth nothing. To be called where a login begins or advances without being complete: before a
   * provider is asked, after the first of two factors. Whoever planted or copied the old id then has no part in what follows. Resolves once it is stored; rejects with `session_ended` where it ended meanwhile. Does nothing for a
   * login, which has an id of its own, and where nothing is stored yet.
   */
  renew(): Promise<void> {
    return this.#asked.renew()
  }

  // What it holds

  /** The value under a key, frozen; undefined when there is none. */
  get<Key extends KeyOf<Data>>(key: Key): DeepReadonly<Data[Key]> | undefined {
    const value = this.#asked.view.data.get(key)
    return value === undefined ? undefined : (deepFreeze(value) as DeepReadonly<Data[Key]>)
  }

  has(key: KeyOf<Data>): boolean {
    return this.#asked.view.data.has(key)
  }

  /** Writes a copy of a JSON value; throws `bad_value` for anything else. */
  set<Key extends KeyOf<Data>>(key: Key, value: Data[Key] | DeepReadonly<Data[Key]>): void {
    this.#asked.write(edits.set(key, frozenCopy(value, key)))
  }

  delete(key: KeyOf<Data>): void {
    this.#asked.write(edits.delete(key))
  }

  /**
   * Computes a value from the one that is there. `compute` runs now, and again at the commit on what the row then holds, so it must depend on its argument
   * alone; a hundred parallel `update('n', (n = 0) => n + 1)` count to a hundred.
   */
  update<Key extends KeyOf<Data>>(key: Key, compute: (value: DeepReadonly<Data[Key]> | undefined) => Data[Key] | DeepReadonly<Data[Key]>): void {
    const edit = edits.update(key, (value) => frozenCopy(compute((value === undefined ? undefined : deepFreeze(value)) as never), key))
    this.#asked.write(edit)
  }

  /** Leaves a message for the next page that shows messages. */
  flash(type: string, message: Json): void {
    this.#asked.write(edits.addFlash({ id: randomText(9), type, message: frozenCopy(message, `flash(${type})`) }))
  }

  /** Takes the messages, of one type or of all; one that another request leaves meanwhile stays. */
  flashes(type?: string): readonly { readonly type: string; readonly message: Json }[] {
    const unit = this.#asked
    const taken = unit.view.flash.filter((item) => type === undefined || item.type === type)
    if (taken.length > 0) unit.write(edits.removeFlashes(new Set(taken.map(({ id }) => id))))
    return taken.map(({ type, message }) => ({ type, message: deepFreeze(message) }))
  }

  /** Remembers where to go after the login; false, and nothing is remembered, unless it is a path of this origin. */
  setReturnTo(path: string): boolean {
    const safe = sameOriginPath(path)
    if (safe !== undefined) this.#asked.write(edits.returnTo(safe))
    return safe !== undefined
  }

  /** Takes the path that was remembered, or else the fallback. */
  returnTo(fallback: string): string {
    const unit = this.#asked
    const path = sameOriginPath(unit.view.returnTo)
    unit.takeReturnTo()
    return path ?? fallback
  }

  /** A token for forms and headers that ends with the session's secret; made anew at each call, stores nothing. */
  csrfToken(): string {
    return this.#asked.csrfToken()
  }

  // For adapters and the guard

  /**
   * Stores what the request wrote and says which headers the answer needs. Called by the adapter before the head goes, with the status it will have. Synchronous
   * when there is nothing to store. Rejects with `delta_dropped` (409), `conflict` or `store_unavailable` (503), or with the failure of an identity change
   * that nobody awaited; the adapter then answers with that error and calls `commit` again for the headers of that answer.
   */
  commit(outcome: { readonly status: number }): CommitResult | Promise<CommitResult> {
    return this.#unit.commitIdle(outcome.status) ?? this.#unit.commit(outcome.status)
  }

  // What express-session's habits call

  /** @deprecated There is no need: the end of the request saves. */
  save(): never {
    throw successor('save', 'Leave it out: what was written is stored before the head of the response goes.')
  }

  /** @deprecated Use `logout()`. */
  destroy(): never {
    throw successor('destroy', 'Call await session.logout() instead.')
  }

  /** @deprecated Use `login(userId, { keep })`, which always makes a new id. */
  regenerate(): never {
    throw successor('regenerate', 'Call await session.login(userId, { keep }) instead: each login has a new id.')
  }

  /** @deprecated There is no need: each request reads its row once. */
  reload(): never {
    throw successor('reload', 'Leave it out: each request reads its row, and update(key, compute) computes from what the row holds when it is stored.')
  }

  /** @deprecated There is no need: use is noted by itself. */
  touch(): never {
    throw successor('touch', 'Leave it out: each use of a login pushes its idleTimeout.')
  }

  static {
    unitOf = (session) => session.#unit
  }
}

guardAssignments(Session)

function checkProof(method: unknown, level: unknown): void {
  if (typeof method !== 'string' || method === '')
    throw new InstarError('bad_option', `method is ${JSON.stringify(method)}. Name how the user proved who they are, such as 'password' or 'passkey'.`)
  if (!Number.isSafeInteger(level) || (level as number) < 1)
    throw new InstarError('bad_option', `level is ${JSON.stringify(level)}. Use a whole number from 1.`)
}

function successor(method: string, mend: string): InstarError {
  return new InstarError(
    'not_a_method',
    `session.${method}() is express-session's. ${mend} For code that cannot change use the drop-in @instar/express-session.`,
  )
}
