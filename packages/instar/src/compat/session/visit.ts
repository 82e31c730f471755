import type { CommitResult } from '../../core/http.ts'
import { Outcome } from '../../core/outcome.ts'
import { csrfSecretsIn, dropSecrets } from './identity.ts'
import { type Kept, keeperOf } from './keeper.ts'
import { adoptChanges } from './merge.ts'
import { generateFor, type Settings } from './options.ts'
import type { SessionRequest } from './request.ts'
import { hasEnded, saveSession } from './saving.ts'
import { isSecure } from './secure.ts'
import { ensureCookie, Session, sessionFrom } from './session.ts'
import { contentOf, hasState, noteLoaded, stateOf } from './session-state.ts'
import { type Secret, sign } from './signature.ts'
import { Store } from './store.ts'

const NONE: Kept = { kind: 'none' }
const NOTHING: CommitResult = { setCookie: [], personal: false, varies: false }

/** One request's way through the middleware: what it came with, and what its end has to store and to say. */
export class Visit {
  readonly settings: Settings
  readonly #request: SessionRequest
  readonly #secrets: readonly Secret[]
  /** The id that came, whatever became of it. */
  readonly #sentId: string | undefined
  #originalId: string | undefined
  #originalContent = ''
  #savedId: string | undefined
  #savedContent: string | undefined
  #isTouched = false
  #hasFailed = false
  /** CSRF secrets of sessions that this request has ended, as JSON. */
  readonly #oldSecrets = new Set<string>()
  /** Saves and ends that were begun, and that the application may not have awaited. */
  readonly #begun = new Set<Promise<unknown>>()
  #cameLate = false
  /** What the commit began with. */
  #committed: { readonly session: Session | null | undefined; readonly content: string } | undefined
  /** The commit, until it is done. */
  underWay: Promise<void> | undefined
  isHeadGone = false

  constructor(settings: Settings, request: SessionRequest, secrets: readonly Secret[], sentId: string | undefined) {
    this.settings = settings
    this.#request = request
    this.#secrets = secrets
    this.#sentId = sentId
  }

  get #store(): Store {
    return this.#request.sessionStore as Store
  }

  /** Loads the session whose id came, or makes a new one. */
  async open(): Promise<void> {
    const request = this.#request
    const kept = this.#sentId === undefined ? NONE : await keeperOf(this.#store).load(this.#sentId)
    this.#cameLate = kept.kind === 'ended'
    if (kept.kind !== 'live') return this.generate()
    let session = this.#store.createSession(request, kept.data)
    // A store with a `createSession` of its own, or of another copy of this package, makes what we know nothing of.
    if (!hasState(session)) request.session = session = sessionFrom(request, kept.data)
    // Ours has noted what it was given.
    const isOurs = this.#store.createSession === Store.prototype.createSession
    if (isOurs) stateOf(session).mark = kept.mark
    else noteLoaded(session, kept)
    this.#originalId = session.id
    this.#originalContent = isOurs ? stateOf(session).stored : contentOf(session)
    this.#savedId = session.id
    if (!this.settings.resave) this.#savedContent = this.#originalContent
  }

  /** Gives the request a new session; what it is worth saving is decided against this one. */
  generate(): void {
    generateFor(this.settings, this.#store, this.#request)
    this.#originalId = this.#request.sessionID
    this.#originalContent = contentOf(this.#request.session as Session)
    this.#savedId = this.#originalId
  }

  /** The answer waits for this, and fails with it where nobody else is told, or looked. */
  track(work: Promise<unknown>, isTold: boolean): void {
    const begun = isTold ? work.catch(() => {}) : work
    this.#begun.add(begun)
    // What is done has nothing to wait for. Not by its own `then`, which notes that somebody looked.
    Promise.prototype.then.call(
      begun,
      () => this.#begun.delete(begun),
      () => {},
    )
  }

  newId(): string {
    return this.settings.newId(this.#request)
  }

  /** Ends the session of the request and gives it another, also where the end failed, which it then rejects with. */
  async regenerate(): Promise<void> {
    const request = this.#request
    const { session, sessionID } = request
    if (session) this.rememberSecrets(session)
    try {
      if (session) await stateOf(session).saves?.catch(() => {})
      if (sessionID !== undefined) {
        const left = await keeperOf(this.#store).end(session?.id ?? sessionID, session ? stateOf(session).isStored : sessionID === this.#sentId, true)
        if (session && left) {
          adoptChanges(session, stateOf(session), left) // For who takes something over of what is left.
          this.rememberSecrets(session)
        }
      }
    } finally {
      generateFor(this.settings, this.#store, request)
    }
  }

  rememberSecrets(session: Session): void {
    for (const secret of csrfSecretsIn(session)) this.#oldSecrets.add(secret)
  }

  /** What an application copied out of the session before. */
  dropOldSecrets(session: Session): void {
    dropSecrets(session, this.#oldSecrets)
  }

  noteSaved(session: Session, content: string): void {
    if (session !== this.#request.session) return
    this.#savedId = session.id
    this.#savedContent = content
  }

  /** Stores what is to be stored before the head goes, and says which cookie it carries; at once where there is nothing to wait for. */
  commit(): CommitResult | Promise<CommitResult> {
    if (this.#hasFailed) return NOTHING
    const { session } = this.#request
    if (this.#begun.size === 0 && !session && !this.#isToBeDestroyed) return this.#headGoes(NOTHING)
    const content = session ? contentOf(session) : ''
    const isUnchanged = session && this.#begun.size === 0 && session.touch === Session.prototype.touch && !this.#isSaveDue(session, content)
    const touched = isUnchanged ? this.#touchNow(session, content) : undefined
    if (touched && !(touched instanceof Promise)) return this.#headGoes(touched)
    this.#committed = { session, content }
    const work = touched ? touched.then((result) => this.#headGoes(result)) : this.#commitSession()
    this.underWay = work.then(
      () => {},
      () => {
        this.#hasFailed = true
      },
    )
    return work
  }

  /** Of a session that is not to be stored: it lives on, and its cookie may be due. At once where the store does it at once. */
  #touchNow(session: Session, content: string): CommitResult | Promise<CommitResult> {
    this.#touchOnce(session)
    const touched = this.#touchStored(session)
    return touched ? touched.then(() => this.#cookieOf(session, content)) : this.#cookieOf(session, content)
  }

  #cookieOf(session: Session, content: string): CommitResult {
    return this.#isCookieDue(session, content) ? { ...NOTHING, setCookie: this.#setCookie(session) } : NOTHING
  }

  async #commitSession(): Promise<CommitResult> {
    await this.#settleBegun()
    const { session, sessionID } = this.#request
    if (!session) {
      if (this.#isToBeDestroyed) await keeperOf(this.#store).end(sessionID as string, sessionID === this.#sentId, false)
      return this.#headGoes(NOTHING)
    }
    this.#touchOnce(session)
    const content = contentOf(session)
    const sets = this.#isCookieDue(session, content)
    if (!(await this.#storeSession(session, content))) return this.#headGoes(NOTHING)
    return this.#headGoes(sets || session.id !== sessionID ? { ...NOTHING, setCookie: this.#setCookie(session) } : NOTHING)
  }

  async #settleBegun(): Promise<void> {
    while (this.#begun.size > 0) {
      const begun = [...this.#begun]
      this.#begun.clear()
      const wasSeen = begun.map((work) => work instanceof Outcome && work.wasObserved)
      const outcomes = await Promise.allSettled(begun)
      const failed = outcomes.find((outcome, at) => outcome.status === 'rejected' && !wasSeen[at] && !hasEnded(outcome.reason))
      if (failed?.status === 'rejected') throw failed.reason
    }
  }

  /** Whether the session was changed while the commit was under way. */
  get hasChangedSinceCommit(): boolean {
    const { session } = this.#request
    if (!this.#committed) return false
    return session !== this.#committed.session || (session ? contentOf(session) !== this.#committed.content : false)
  }

  /** Whether something was written since the head left. */
  get isUnfinished(): boolean {
    const { session } = this.#request
    if (!this.isHeadGone || this.#hasFailed) return false
    return this.#begun.size > 0 || (session ? this.#isSaveDue(session) : this.#isToBeDestroyed)
  }

  /** Stores what was written since the head left; the cookie stays as it was. */
  async finish(): Promise<void> {
    await this.#settleBegun()
    const { session, sessionID } = this.#request
    if (session) await this.#storeSession(session, contentOf(session))
    else if (this.#isToBeDestroyed) await keeperOf(this.#store).end(sessionID as string, true, false)
  }

  #headGoes(result: CommitResult): CommitResult {
    this.isHeadGone = true
    this.underWay = undefined
    return result
  }

  /** False where the session has ended meanwhile: then nothing is stored, and no cookie is given for it. */
  async #storeSession(session: Session, content: string): Promise<boolean> {
    try {
      if (this.#isSaveDue(session, content)) await this.#save(session, content)
      else await this.#touchStored(session)
      return true
    } catch (error) {
      if (hasEnded(error)) return false
      throw error
    }
  }

  /** By the session's own `save`, which applications may have replaced. */
  #save(session: Session, content: string): Promise<unknown> {
    if (session.save === Session.prototype.save) return saveSession(session, this.#oldSecrets.size === 0 ? content : undefined)
    return new Promise((resolve, reject) => session.save((error) => (error ? reject(error) : resolve(undefined))))
  }

  #touchOnce(session: Session): void {
    ensureCookie(session)
    if (!this.#isTouched) session.touch()
    this.#isTouched = true
  }

  get #isToBeDestroyed(): boolean {
    return this.settings.unsetDestroys && Boolean(this.#request.sessionID) && this.#request.session == null
  }

  #isModified(session: Session, content: string): boolean {
    return session.id !== this.#originalId || content !== this.#originalContent
  }

  /** A request that was sent with an id which a login has left must not take the login's cookie away, unless it stored something of its own. */
  #isUnusedAndLate(session: Session, content: string): boolean {
    return this.#cameLate && this.#savedContent === undefined && !this.#isModified(session, content)
  }

  #isSaveDue(session: Session, content = contentOf(session)): boolean {
    if (typeof this.#request.sessionID !== 'string' || this.#isUnusedAndLate(session, content)) return false
    const isNew = this.#savedContent === undefined && this.#sentId !== this.#request.sessionID
    if (isNew && !this.settings.saveUninitialized) return this.#isModified(session, content)
    return session.id !== this.#savedId || content !== this.#savedContent
  }

  /** A session that came with this request; another one is stored if it is anything. */
  #touchStored(session: Session): Promise<void> | undefined {
    return this.#sentId === session.id ? keeperOf(this.#store).touch(session, stateOf(session)) : undefined
  }

  #isCookieDue(session: Session, content: string): boolean {
    if (typeof this.#request.sessionID !== 'string' || this.#isUnusedAndLate(session, content)) return false
    if (this.#sentId !== this.#request.sessionID) return this.settings.saveUninitialized || this.#isModified(session, content)
    return this.settings.rolling || (session.cookie.expires != null && this.#isModified(session, content))
  }

  #setCookie(session: Session): readonly string[] {
    if (session.cookie.secure && !isSecure(this.#request, this.settings.proxy)) return []
    return [session.cookie.serialize(this.settings.name, `s:${sign(session.id, this.#secrets[0] as Secret)}`)]
  }
}
