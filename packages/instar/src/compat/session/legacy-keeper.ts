import { called } from './callbacks.ts'
import { ENDED_MEMORY, EndedIds } from './ended-ids.ts'
import type { Keeper, Kept } from './keeper.ts'
import { merged } from './merge.ts'
import type { Session } from './session.ts'
import type { SessionState } from './session-state.ts'
import type { SessionData, Store } from './store.ts'
import { Turns } from './turns.ts'

/** Under this key an id that ended says so, in the store. */
const ENDED = '__instar'

/**
 * A store of others, whose `set` is an upsert. What can be given on it: a session that was loaded is looked for before it is saved or touched, and an id that ended is
 * remembered, by this process and in the store under the old id, so that a slow request does not bring it back. A window stays: between that look and the save, for another
 * process. The store's methods are looked up when they are called, since some replace them.
 */
export class LegacyKeeper implements Keeper {
  readonly #store: Store
  readonly #ended: EndedIds
  readonly #turns = new Turns()

  constructor(store: Store) {
    this.#store = store
    // What the store was told to forget, for those that forget nothing by themselves.
    this.#ended = new EndedIds((sid) => void this.#destroy(sid).catch(() => {}))
    const { destroy } = store
    // What the application destroys by its id has ended too.
    store.destroy = (sid, callback) => {
      this.#ended.add(sid)
      return destroy.call(store, sid, callback)
    }
  }

  get touches(): boolean {
    return typeof this.#store.touch === 'function'
  }

  async load(sid: string): Promise<Kept> {
    const data = await this.#get(sid)
    if (this.#ended.has(sid) || (data && Object.hasOwn(data, ENDED))) return { kind: 'ended' }
    return data ? { kind: 'live', data } : { kind: 'none' }
  }

  async insert(session: Session, { id }: SessionState): Promise<boolean> {
    if (this.#ended.has(id)) return false
    await this.#set(id, session)
    return this.#stillLives(id)
  }

  /** One after another in this process, so that what they write to different keys is all there. */
  replace(session: Session, state: SessionState): Promise<boolean> {
    const { id } = state
    return this.#inTurn(id, async () => {
      const current = await this.load(id)
      if (current.kind !== 'live') return false
      await this.#set(id, merged(session, state, current.data))
      return this.#stillLives(id)
    })
  }

  async touch(session: Session, { id }: SessionState): Promise<void> {
    if (!this.touches) return
    await this.#inTurn(id, async () => {
      // A touch may be a save in disguise.
      if ((await this.load(id)).kind !== 'live') return
      await called((done) => this.#store.touch?.(id, session, done))
      await this.#stillLives(id)
    })
  }

  async end(sid: string, wasStored: boolean): Promise<SessionData | undefined> {
    if (!wasStored) {
      await this.#destroy(sid)
      return undefined
    }
    const before = await this.load(sid)
    if (before.kind === 'ended' || this.#ended.has(sid)) return undefined
    this.#ended.add(sid)
    try {
      await this.#bury(sid)
    } catch {
      await this.#destroy(sid) // A store without room for a word may still be able to forget.
    }
    return before.kind === 'live' ? before.data : undefined
  }

  async #inTurn<Result>(sid: string, work: () => Promise<Result>): Promise<Result> {
    const turn = this.#turns.take(sid)
    await turn.ready
    try {
      return await work()
    } finally {
      turn.release()
    }
  }

  /** Whether a session that was just written has not ended meanwhile, here; where it has, the write came last, and is undone. */
  async #stillLives(sid: string): Promise<boolean> {
    if (!this.#ended.has(sid)) return true
    await this.#bury(sid)
    return false
  }

  async #get(sid: string): Promise<SessionData | undefined> {
    try {
      return (await called<SessionData | null>((done) => this.#store.get(sid, done))) ?? undefined
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ENOENT') return undefined
      throw error
    }
  }

  #set(sid: string, session: SessionData | Session): Promise<unknown> {
    return called((done) => this.#store.set(sid, session, done))
  }

  #destroy(sid: string): Promise<unknown> {
    return called((done) => this.#store.destroy(sid, done))
  }

  /** Nothing of the session is left but that it ended; the store forgets that too, in time. */
  #bury(sid: string): Promise<unknown> {
    const cookie = { originalMaxAge: ENDED_MEMORY, maxAge: ENDED_MEMORY, expires: new Date(Date.now() + ENDED_MEMORY), httpOnly: true, path: '/' }
    return this.#set(sid, { cookie, [ENDED]: { ended: true } })
  }
}
