import { AnswerCookies } from './answer-cookies.ts'
import { loadUnchanged } from './credentials.ts'
import { makeCsrfToken } from './csrf-token.ts'
import { type Delta, type Draft, draftOf, type Edit, edits, keysOf, withDraft } from './delta.ts'
import { performElevation } from './elevation.ts'
import { InstarError } from './errors.ts'
import type { DropReason, Occurrence } from './events.ts'
import { type CommitResult, isSafeMethod, type RequestLike, userAgentOf } from './http.ts'
import { firstDeadlines, isNoteworthy } from './lifetime.ts'
import { type LoginOrder, performLogin } from './login.ts'
import { confirmed, type Opening, type Standing } from './opening.ts'
import { type Outcome, startOutcome } from './outcome.ts'
import { encodeWithin } from './payload-limit.ts'
import type { LoadedUser, Policy } from './policy.ts'
import { RecordData } from './record-data.ts'
import { performRenewal } from './renewal.ts'
import { applyDelta, noteUse, retireRow } from './row-writer.ts'
import { type Proof, RECORD_VERSION, type SessionRecord } from './session-record.ts'
import { hashSecret, mintToken, type SessionToken } from './token.ts'

type Live = Extract<Standing, { kind: 'live' }>

const NO_EDITS: Delta = []
const NO_CHANGES: readonly Outcome<void>[] = []

/**
 * What one request does with its session: who it is, what it wrote, which cookies its answer carries.
 * `logIn`, `logOut` and `elevate` are stored when they resolve; everything else waits for `commit`.
 */
export class UnitOfWork<User> {
  readonly policy: Policy<User>
  readonly #request: RequestLike
  readonly #opening: Opening
  readonly #cookies: AnswerCookies<User>
  #standing: Standing
  #delta: Delta = NO_EDITS
  #view: Draft | undefined
  #proof: Proof | undefined
  #tokenToCome: SessionToken | undefined
  #user: Promise<LoadedUser<User> | undefined> | undefined
  #openedLogin: boolean
  /** The identity changes of this request, for the commit to look at those that nobody awaited. */
  #changes: readonly Outcome<void>[] = NO_CHANGES
  #isChanging = false
  #hasLostWrites = false
  #commit: Promise<CommitResult> | undefined
  /** The answer is given, and its head gone or waiting for the commit. */
  #isClosed = false
  /** Whether the application asked for the session. */
  wasAsked = false
  /** Whether something shows that a page of this application sent the request; the CSRF guard says so. Safe methods need no proof. */
  isVerified: boolean

  constructor(policy: Policy<User>, request: RequestLike, opening: Opening) {
    this.policy = policy
    this.#request = request
    this.#opening = opening
    this.#cookies = new AnswerCookies(policy, opening)
    this.#standing = opening.standing
    this.#openedLogin = this.login !== undefined
    this.isVerified = isSafeMethod(request.method)
  }

  get live(): Live | undefined {
    return this.#standing.kind === 'live' ? this.#standing : undefined
  }

  /** The row of a login, if this is one. */
  get login(): Live | undefined {
    return this.live?.row.userId == null ? undefined : this.live
  }

  /** The handle and user of the row, as events name them. */
  get whose(): { handle?: string; userId?: string } {
    const { live } = this
    return live ? { handle: live.row.id, ...(live.row.userId !== null && { userId: live.row.userId }) } : {}
  }

  get proof(): Proof | undefined {
    return this.login && (this.#proof ?? this.login.record.proof)
  }

  /** What the request sees: its row, with its own writes. */
  get view(): Draft {
    this.#view ??= draftOf(this.live?.record, this.#delta)
    return this.#view
  }

  write(edit: Edit): void {
    this.#refuseUnlessOpen()
    edit.apply(this.view)
    this.#delta = [...this.#delta, edit]
  }

  /** Forgets the path to return to; one that only this request knew of is forgotten without a word to the store. */
  takeReturnTo(): void {
    const { returnTo } = this.view
    if (returnTo === undefined) return
    this.#refuseUnlessOpen()
    this.#delta = this.#delta.filter(({ part }) => part !== 'returnTo')
    this.view.returnTo = undefined
    if (this.live?.record.returnTo !== undefined) this.#delta = [...this.#delta, edits.takeReturnTo(returnTo)]
  }

  csrfToken(): string {
    this.#tokenToCome ??= mintToken()
    return makeCsrfToken((this.live?.token ?? this.#tokenToCome).secret)
  }

  emit(occurrence: Occurrence): void {
    const userAgent = userAgentOf(this.#request)
    this.policy.emit({ ...(userAgent !== undefined && { userAgent }), ...occurrence })
  }

  get userAgent(): string | undefined {
    return userAgentOf(this.#request)
  }

  // Who it is: each of these moves the unit to another standing, and what was written under the old one stays behind.

  logIn(order: Omit<LoginOrder, 'keptFrom'>, keep: readonly string[]): Promise<void> {
    return this.#start(async () => {
      const left = this.live
      const { view } = this
      const written = this.#delta
      const isOthers = left !== undefined && left.row.userId !== null && left.row.userId !== order.userId
      const keptFrom = (record: SessionRecord | undefined) => {
        if (isOthers) return RecordData.NONE // What one user left behind is not for the next, whatever keep names.
        const { data } = record === left?.record ? view : draftOf(record, written)
        return data.result.pick(keep)
      }
      const { token, row, record, loaded } = await performLogin(this.policy, { ...order, keptFrom }, left)
      this.#reportDropped(
        'login',
        written.filter(({ part, key }) => part === 'flash' || (part === 'data' && !record.data.has(key))),
      )
      this.#moveTo({ kind: 'live', token, row, record })
      this.#user = loaded && Promise.resolve(loaded)
      if (view.returnTo !== undefined && !isOthers) this.#delta = [edits.returnTo(view.returnTo)]
      this.#giveLoginCookie(token, row.endsAt, order.remember)
      this.#cookies.forget('anonymous')
      const replaced = left && { replaced: left.row.id }
      this.emit({ type: 'session.login', handle: row.id, userId: order.userId, method: order.method, remember: order.remember, ...replaced })
    })
  }

  logOut(everywhere: boolean): Promise<void> {
    return this.#start(async () => {
      const left = this.live
      const userId = left?.row.userId ?? undefined
      // The others first: should the store fail in between, this session is still there to try again with.
      if (left && userId !== undefined && everywhere) await this.policy.store.deleteByUser(userId, left.row.id)
      if (left) await retireRow(this.policy, left.row, { retiredBy: 'logout', ...(userId !== undefined && { userId }) })
      // A row that expired by the clock of this process may live on by another's, and there a copy of the cookie with it.
      else if (this.#opening.absentLogin !== undefined) await this.policy.store.delete(this.#opening.absentLogin)
      this.#reportDropped('logout', this.#delta)
      this.#moveTo({ kind: 'none' })
      this.#cookies.forget('login')
      this.#cookies.forget('anonymous')
      if (left && userId !== undefined) this.emit({ type: 'session.logout', handle: left.row.id, userId, everywhere })
    })
  }

  renew(): Promise<void> {
    return this.#start(async () => {
      const left = this.live
      if (!left || left.row.userId !== null) return
      const written = this.#delta
      const { token, row, record } = await performRenewal(this.policy, left, (before) => withDraft(before, draftOf(before, written)))
      this.#moveTo({ kind: 'live', token, row, record })
      this.#cookies.give('anonymous', token)
      this.emit({ type: 'session.renewed', handle: row.id, replaced: left.row.id })
    })
  }

  elevate(method: string, level: number | undefined): Promise<void> {
    return this.#start(async () => {
      const { login } = this
      if (!login) throw new InstarError('login_required', 'elevate() raises a login, and nobody is logged in. Call login() first.')
      const { token, proof, opened } = await performElevation(this.policy, login, login.token, method, level)
      // Asked after the row was written, as at login; and nothing counts as elevated before the answer.
      this.#user = undefined
      if (this.policy.loadUser && !(await this.loadUser()))
        throw new InstarError('credentials_changed', 'The account was changed, disabled or removed meanwhile; its session was ended. Log in again.')
      this.#standing = { kind: 'live', token, ...opened }
      this.#view = undefined
      this.#proof = proof
      this.#giveLoginCookie(token, opened.row.endsAt, opened.record.remember === true)
      this.emit({ type: 'session.elevated', handle: token.id, userId: opened.row.userId as string, method, level: proof.level })
    })
  }

  /** The user, loaded once and compared with the stamp of the login; a mismatch ends the session there and then. */
  loadUser(): Promise<LoadedUser<User> | undefined> {
    this.#user ??= this.#loadUser()
    return this.#user
  }

  async #loadUser(): Promise<LoadedUser<User> | undefined> {
    const { login } = this
    if (!login) return undefined
    const userId = login.row.userId as string
    const loaded = await loadUnchanged(this.policy, userId, login.record.stamp)
    if (!loaded) await this.policy.store.delete(login.row.id)
    if (this.login?.row.id !== login.row.id) return undefined // A login or logout of this request was faster: this is no longer its user.
    if (loaded) return loaded
    this.#dropDelta('credentials_changed')
    const hasLostWrites = this.#hasLostWrites
    this.#moveTo({ kind: 'none' })
    this.#hasLostWrites = hasLostWrites
    this.emit({ type: 'session.revoked', handle: login.row.id, userId, count: 1, reason: 'credentials_changed' })
    return undefined
  }

  #start(change: () => Promise<void>): Promise<void> {
    this.#refuseUnlessOpen()
    this.#isChanging = true
    const outcome = startOutcome(async () => {
      try {
        await this.#confirm()
        await change()
      } finally {
        this.#isChanging = false
      }
    })
    this.#changes = [...this.#changes, outcome]
    return outcome
  }

  /** A row that was only remembered may have ended: then this is nobody's request any more, and what it wrote goes nowhere. */
  async #confirm(): Promise<void> {
    const { live } = this
    if (!live?.isNear) return
    const standing = await confirmed(this.policy, live)
    if (standing.kind !== 'live') {
      this.#dropDelta('session_ended')
      return this.#moveTo(standing)
    }
    this.#standing = standing
    this.#view = undefined
  }

  #moveTo(standing: Standing): void {
    this.#standing = standing
    this.#delta = NO_EDITS
    this.#view = undefined
    this.#proof = undefined
    this.#user = undefined
    this.#tokenToCome = undefined
    this.#hasLostWrites = false
    this.#openedLogin ||= this.login !== undefined
  }

  #refuseUnlessOpen(): void {
    if (this.#isClosed)
      throw new InstarError(
        'head_sent',
        'The response has begun, so its cookies can no longer change. Write to the session before the first byte of the response.',
      )
    if (this.#isChanging)
      throw new InstarError('not_awaited', 'A login(), logout(), elevate() or renew() of this session is still under way. Put await before it.')
  }

  #giveLoginCookie(token: SessionToken, endsAt: number, remember: boolean): void {
    this.#cookies.give('login', token, remember ? endsAt - this.policy.now() : undefined)
  }

  // The end of the request.

  /**
   * Stores what is left to store and says what the head must carry; nothing can be written afterwards. It throws, with nothing of the delta stored, when
   * an identity change that nobody awaited failed, the store failed, or an unsafe request lost its delta; it may then be called again for the error's answer.
   */
  commit(status: number): Promise<CommitResult> {
    this.#commit ??= this.#commitOnce(status)
    return this.#commit
  }

  async #commitOnce(status: number): Promise<CommitResult> {
    this.#isClosed = true // What is written from here on would come too late for this answer.
    try {
      await this.#settleChanges()
      if (status >= 500) this.#dropDelta('server_error')
      else await this.#storeDelta()
      this.#refuseLostWrites()
    } catch (error) {
      this.#dropDelta('commit_failed')
      this.#hasLostWrites = false
      this.#isClosed = false
      this.#commit = undefined
      throw error
    }
    return this.#close()
  }

  /** The same, at once, where there is nothing to store; undefined where there is. */
  commitIdle(status: number): CommitResult | undefined {
    const isIdle = !this.#commit && this.#changes.length === 0 && this.#delta.length === 0 && !this.#hasLostWrites && !(status < 500 && this.#isUseDue)
    return isIdle ? this.#close() : undefined
  }

  #close(): CommitResult {
    this.#isClosed = true
    const setCookie = this.#cookies.all
    return { setCookie, personal: this.#openedLogin || setCookie.length > 0, varies: this.wasAsked }
  }

  async #settleChanges(): Promise<void> {
    const unobserved = this.#changes.filter((change) => !change.wasObserved)
    const changes = this.#changes
    this.#changes = NO_CHANGES
    await Promise.allSettled(changes)
    await Promise.all(unobserved)
  }

  #refuseLostWrites(): void {
    if (!this.#hasLostWrites || isSafeMethod(this.#request.method)) return
    throw new InstarError(
      'delta_dropped',
      'The session ended or was replaced while this request was under way, so what it wrote was not stored. Reload and try again.',
    )
  }

  async #storeDelta(): Promise<void> {
    const standing = this.#standing
    if (this.#delta.length === 0) {
      if (this.#isUseDue) await noteUse(this.policy, this.login as Live)
    } else if (standing.kind === 'superseded') this.#dropDelta('superseded_token')
    else if (standing.kind === 'none') await this.#createAnonymous()
    else if (!(await applyDelta(this.policy, standing.row, this.#delta, this.#isUse))) this.#dropDelta('session_ended')
    this.#delta = NO_EDITS
  }

  /** Whether the request came with the token of the login that it has now, as opposed to having just made it. */
  get #isUse(): boolean {
    const { standing } = this.#opening
    return standing.kind === 'live' && standing.row.id === this.login?.row.id
  }

  /** Whether nobody has noted the login's use for a while. */
  get #isUseDue(): boolean {
    const { login } = this
    return login !== undefined && this.#isUse && isNoteworthy(this.policy.lifetimes, this.policy.now(), login.record.seenAt, login.record.remember === true)
  }

  async #createAnonymous(): Promise<void> {
    const { data, flash, returnTo } = this.view
    if (data.result.isEmpty && flash.length === 0 && returnTo === undefined) return
    const now = this.policy.now()
    const token = this.#tokenToCome ?? mintToken()
    const record = withDraft({ v: RECORD_VERSION, createdAt: now, data: RecordData.NONE }, this.view)
    const deadlines = firstDeadlines(this.policy.lifetimes, now, 'anonymous')
    const row = {
      id: token.id,
      userId: null,
      secretHash: hashSecret(token.secret),
      version: 1,
      ...deadlines,
      payload: encodeWithin(this.policy.payloadLimit, record),
    }
    await this.policy.store.create(row)
    this.#standing = { kind: 'live', token, row, record }
    this.#cookies.give('anonymous', token)
    this.emit({ type: 'session.created', handle: row.id })
  }

  /** What was written before the guard refused the request is not stored. */
  refuse(): void {
    this.#dropDelta('refused')
    this.#hasLostWrites = false
  }

  #reportDropped(reason: DropReason, delta: Delta): void {
    if (delta.length > 0) this.emit({ type: 'session.delta_dropped', reason, keys: keysOf(delta), ...this.whose })
  }

  #dropDelta(reason: DropReason): void {
    if (this.#delta.length === 0) return
    this.#reportDropped(reason, this.#delta)
    this.#delta = NO_EDITS
    this.#view = undefined
    this.#hasLostWrites = reason !== 'server_error'
  }
}
