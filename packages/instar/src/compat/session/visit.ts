import type { CommitResult } from '../../core/http.ts'
import { CSRF_KEYS } from '../csrf-keys.ts'
import { keeperOf } from './keeper.ts'
import type { Settings } from './options.ts'
import type { SessionRequest } from './request.ts'
import { adopt, hasEnded, saveSession } from './saving.ts'
import { isSecure } from './secure.ts'
import { Session } from './session.ts'
import { contentOf, stateOf } from './session-state.ts'
import { type Secret, sign } from './signature.ts'
import type { Store } from './store.ts'

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
    const loaded = this.#sentId === undefined ? undefined : await keeperOf(this.#store).load(this.#sentId)
    if (!loaded) return this.generate()
    const session = adopt(this.#store.createSession(request, loaded.data), loaded.mark, this.settings.identityKeys)
    this.#originalId = session.id
    this.#originalContent = contentOf(session)
    this.#savedId = session.id
    if (!this.settings.resave) this.#savedContent = this.#originalContent
  }

  /** Gives the request a new session; what it is worth saving is decided against this one. */
  generate(): void {
    this.settings.generate(this.#store, this.#request)
    this.#originalId = this.#request.sessionID
    this.#originalContent = contentOf(this.#request.session as Session)
    this.#savedId = this.#originalId
  }

  newId(): string {
    return this.settings.newId(this.#request)
  }

  /** Ends the session of the request and gives it another, also where the end failed, which it then rejects with. */
  async regenerate(): Promise<void> {
    const request = this.#request
    const { session } = request
    const wasStored = session ? stateOf(session).isStored : request.sessionID === this.#sentId
    if (session) this.rememberSecrets(session)
    try {
      if (request.sessionID !== undefined) await keeperOf(this.#store).end(request.sessionID, wasStored)
    } finally {
      this.settings.generate(this.#store, request)
    }
  }

  rememberSecrets(session: Session): void {
    for (const key of CSRF_KEYS) if (Object.hasOwn(session, key)) this.#oldSecrets.add(JSON.stringify(session[key]))
  }

  /** What an application copied out of the session before. */
  dropOldSecrets(session: Session): void {
    if (this.#oldSecrets.size === 0) return
    for (const key of CSRF_KEYS) if (Object.hasOwn(session, key) && this.#oldSecrets.has(JSON.stringify(session[key]))) delete session[key]
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
    if (!session && !this.#isToBeDestroyed) return this.#headGoes(NOTHING)
    if (session && !this.#isSaveDue(session) && !this.#isTouchDue(session) && !this.#isCookieDue(session)) return this.#headGoes(NOTHING)
    return this.#commitSession().catch((error: unknown) => {
      this.#hasFailed = true
      throw error
    })
  }

  async #commitSession(): Promise<CommitResult> {
    const { session, sessionID } = this.#request
    if (!session) {
      await keeperOf(this.#store).end(sessionID as string, sessionID === this.#sentId)
      return this.#headGoes(NOTHING)
    }
    this.#touchOnce(session)
    const sets = this.#isCookieDue(session)
    if (!(await this.#storeSession(session))) return this.#headGoes(NOTHING)
    return this.#headGoes(sets || session.id !== sessionID ? { ...NOTHING, setCookie: this.#setCookie(session) } : NOTHING)
  }

  /** Whether something was written since the head left. */
  get isUnfinished(): boolean {
    const { session } = this.#request
    return (
      this.isHeadGone && !this.#hasFailed && ((!session && this.#isToBeDestroyed) || (session !== undefined && session !== null && this.#isSaveDue(session)))
    )
  }

  /** Stores what was written since the head left; the cookie stays as it was. */
  async finish(): Promise<void> {
    const { session } = this.#request
    if (session) await this.#storeSession(session)
    else await keeperOf(this.#store).end(this.#request.sessionID as string, true)
  }

  #headGoes(result: CommitResult): CommitResult {
    this.isHeadGone = true
    return result
  }

  /** False where the session has ended meanwhile: then nothing is stored, and no cookie is given for it. */
  async #storeSession(session: Session): Promise<boolean> {
    try {
      if (this.#isSaveDue(session)) await this.#save(session)
      else if (this.#isTouchDue(session)) await keeperOf(this.#store).touch(session, stateOf(session))
      return true
    } catch (error) {
      if (hasEnded(error)) return false
      throw error
    }
  }

  /** By the session's own `save`, which applications may have replaced. */
  #save(session: Session): Promise<unknown> {
    if (session.save === Session.prototype.save) return saveSession(session)
    return new Promise((resolve, reject) => session.save((error) => (error ? reject(error) : resolve(undefined))))
  }

  #touchOnce(session: Session): void {
    if (!this.#isTouched) session.touch()
    this.#isTouched = true
  }

  get #isToBeDestroyed(): boolean {
    return this.settings.unsetDestroys && Boolean(this.#request.sessionID) && this.#request.session == null
  }

  #isModified(session: Session): boolean {
    return session.id !== this.#originalId || contentOf(session) !== this.#originalContent
  }

  #isSaveDue(session: Session): boolean {
    if (typeof this.#request.sessionID !== 'string') return false
    const isNew = this.#savedContent === undefined && this.#sentId !== this.#request.sessionID
    if (isNew && !this.settings.saveUninitialized) return this.#isModified(session)
    return session.id !== this.#savedId || contentOf(session) !== this.#savedContent
  }

  #isTouchDue(session: Session): boolean {
    return keeperOf(this.#store).touches && this.#sentId === session.id
  }

  #isCookieDue(session: Session): boolean {
    if (typeof this.#request.sessionID !== 'string') return false
    if (this.#sentId !== this.#request.sessionID) return this.settings.saveUninitialized || this.#isModified(session)
    return this.settings.rolling || (session.cookie.expires != null && this.#isModified(session))
  }

  #setCookie(session: Session): readonly string[] {
    if (session.cookie.secure && !isSecure(this.#request, this.settings.proxy)) return []
    return [session.cookie.serialize(this.settings.name, `s:${sign(session.id, this.#secrets[0] as Secret)}`)]
  }
}
