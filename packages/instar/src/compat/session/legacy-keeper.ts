import { called } from './callbacks.ts'
import type { Keeper } from './keeper.ts'
import { merged } from './merge.ts'
import type { Session } from './session.ts'
import type { SessionState } from './session-state.ts'
import type { SessionData, Store } from './store.ts'
import { Turns } from './turns.ts'

/** How long an id that ended is remembered, in milliseconds: longer than a request that knew it should take. */
const MEMORY = 10 * 60_000
/** Under this key an id that ended says so, in the store. */
const ENDED = '__instar'

/**
 * A store of others, whose `set` is an upsert. What can be given on it: a session that was loaded is looked for before it is saved, and an id that ended is remembered,
 * by this process and in the store under the old id, so that a slow request does not bring it back. A window stays: between that look and the save, for another process.
 * The store's methods are looked up when they are called, since some replace them.
 */
export class LegacyKeeper implements Keeper {
  readonly #store: Store
  /** Ids that ended, in the order of their ends. */
  readonly #ended = new Map<string, number>()
  readonly #turns = new Turns()

  constructor(store: Store) {
    this.#store = store
  }

  get touches(): boolean {
    return typeof this.#store.touch === 'function'
  }

  async load(sid: string): Promise<{ readonly data: SessionData } | undefined> {
    const data = await this.#find(sid)
    return data && !this.#hasEnded(sid) ? { data } : undefined
  }

  async insert(session: Session, { id }: SessionState): Promise<void> {
    if (!this.#hasEnded(id)) await this.#set(id, session)
  }

  /** One after another in this process, so that what they write to different keys is all there. */
  async replace(session: Session, state: SessionState): Promise<boolean> {
    const next = await this.#turns.take(state.id)
    try {
      return await this.#replace(session, state)
    } finally {
      next()
    }
  }

  async #replace(session: Session, state: SessionState): Promise<boolean> {
    const { id } = state
    if (this.#hasEnded(id)) return false
    const current = await this.#find(id)
    if (!current || this.#hasEnded(id)) return false
    await this.#set(id, merged(session, state, current))
    if (!this.#hasEnded(id)) return true
    await this.#bury(id) // It ended here while the save was under way, and the save may have come last.
    return false
  }

  async touch(session: Session, { id }: SessionState): Promise<void> {
    if (this.touches && !this.#hasEnded(id)) await called((done) => this.#store.touch?.(id, session, done))
  }

  async end(sid: string, wasStored: boolean): Promise<void> {
    if (!wasStored) return void (await called((done) => this.#store.destroy(sid, done)))
    this.#remember(sid)
    try {
      await this.#bury(sid)
    } catch {
      await called((done) => this.#store.destroy(sid, done)) // A store without room for a word may still be able to forget.
    }
  }

  /** Without what has ended. */
  async #find(sid: string): Promise<SessionData | undefined> {
    try {
      const data = await called<SessionData | null>((done) => this.#store.get(sid, done))
      return data && !Object.hasOwn(data, ENDED) ? data : undefined
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ENOENT') return undefined
      throw error
    }
  }

  #set(sid: string, session: SessionData | Session): Promise<unknown> {
    return called((done) => this.#store.set(sid, session, done))
  }

  /** Nothing of the session is left but that it ended; the store forgets that too, in time. */
  #bury(sid: string): Promise<unknown> {
    const cookie = { originalMaxAge: MEMORY, maxAge: MEMORY, expires: new Date(Date.now() + MEMORY), httpOnly: true, path: '/' }
    return this.#set(sid, { cookie, [ENDED]: { ended: true } })
  }

  #remember(sid: string): void {
    const now = Date.now()
    for (const [old, ended] of this.#ended) {
      if (now - ended < MEMORY) break
      this.#ended.delete(old)
    }
    this.#ended.set(sid, now)
  }

  #hasEnded(sid: string): boolean {
    return this.#ended.has(sid)
  }
}
