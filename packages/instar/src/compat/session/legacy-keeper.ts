import { called } from './callbacks.ts'
import { cookieNow, Deadlines } from './deadlines.ts'
import { EndedIds } from './ended-ids.ts'
import type { Keeper, Kept } from './keeper.ts'
import { hideMarks, isMark, newMark } from './marks.ts'
import { merged } from './merge.ts'
import type { Session } from './session.ts'
import type { SessionState } from './session-state.ts'
import type { SessionData, Store } from './store.ts'
import { Turns } from './turns.ts'

/**
 * A store of others, whose `set` is an upsert. What can be given on it: a session that was loaded is looked for before it is saved or touched, and an id that ended is
 * remembered, by this process and in the store under the old id, so that a slow request does not bring it back. A window stays: between that look and the save, for another
 * process. The store's methods are looked up when they are called, since some replace them.
 */
export class LegacyKeeper implements Keeper {
  readonly #store: Store
  readonly #ended: EndedIds
  readonly #turns = new Turns()
  readonly #deadlines: Deadlines
  /** Ended ids that the store has a mark under. */
  readonly #marked = new Set<string>()
  /** Ids that ended here and that the store could neither mark nor destroy: until it has, nobody is told that they ended. */
  readonly #owed = new Set<string>()
  /** The id whose mark is being removed, or that the store is being told to store: what it destroys itself, as one does with what has expired, is no end of a session. */
  #storing: string | undefined

  constructor(store: Store) {
    this.#store = store
    this.#deadlines = new Deadlines(store)
    // A store that forgets nothing by itself is told to.
    this.#ended = new EndedIds((sid) => this.#marked.delete(sid) && void this.#forget(sid))
    const { destroy } = store
    // What the application destroys by its id has ended too.
    store.destroy = (sid, callback) => {
      if (sid === this.#storing) return destroy.call(store, sid, callback)
      this.#noteEnd(sid)
      return destroy.call(store, sid, (error, ...rest) => {
        if (error) this.#owed.add(sid)
        else this.#owed.delete(sid)
        callback?.(error, ...rest)
      })
    }
    // What ended in another process this one remembers as long as if it had ended here.
    hideMarks(store, (sid) => {
      this.#marked.add(sid)
      if (!this.#ended.has(sid)) this.#noteEnd(sid)
    })
  }

  load(sid: string): Promise<Kept> {
    return this.#owed.has(sid) ? this.#payAndLoad(sid) : this.#load(sid)
  }

  /** What is owed first: rejects while the store cannot. */
  async #payAndLoad(sid: string): Promise<Kept> {
    await this.#buryOrDestroy(sid)
    return this.#load(sid)
  }

  #load(sid: string): Promise<Kept> {
    return new Promise((resolve, reject) => {
      this.#store.get(sid, (error, data) => {
        if (error && (error as { code?: unknown }).code !== 'ENOENT') reject(error)
        else resolve(this.#keptAs(sid, error ? undefined : data))
      })
    })
  }

  #keptAs(sid: string, data: SessionData | null | undefined): Kept {
    if (this.#ended.has(sid) || isMark(data)) return { kind: 'ended' }
    return data ? { kind: 'live', data } : { kind: 'none' }
  }

  async insert(session: Session, { id }: SessionState): Promise<boolean> {
    if (this.#ended.has(id)) return false
    await this.#save(id, session, session)
    return this.#stillLives(id)
  }

  /** One after another in this process, so that what they write to different keys is all there. */
  replace(session: Session, state: SessionState): Promise<boolean> {
    const { id } = state
    return this.#inTurn(id, async () => {
      const current = await this.load(id)
      if (current.kind !== 'live') return false
      await this.#save(id, session, merged(session, state, current.data))
      return this.#stillLives(id)
    })
  }

  touch(session: Session, state: SessionState): Promise<void> | undefined {
    if (typeof this.#store.touch !== 'function' || !this.#deadlines.isDue(state.id, session.cookie, state.cookie)) return
    return this.#touchNow(session, state)
  }

  async #touchNow(session: Session, state: SessionState): Promise<void> {
    const { id } = state
    const kept = cookieNow(session)
    // Noted before it is done: requests beside this one need not do it too.
    this.#deadlines.note(id, state.cookie, session.cookie)
    let isDone = false
    try {
      await this.#inTurn(id, async () => {
        // A touch may be a save in disguise.
        if ((await this.load(id)).kind !== 'live') return
        await called((done) => this.#store.touch?.(id, session, done))
        isDone = await this.#stillLives(id)
      })
    } finally {
      if (isDone) state.cookie = kept
      else this.#deadlines.forget(id)
    }
  }

  async end(sid: string, wasStored: boolean, asksForData: boolean): Promise<SessionData | undefined> {
    if (!wasStored) {
      await this.#destroy(sid)
      return undefined
    }
    const before = asksForData ? await this.load(sid) : undefined
    if (before?.kind === 'ended' || (this.#ended.has(sid) && !this.#owed.has(sid))) return undefined
    this.#noteEnd(sid)
    await this.#buryOrDestroy(sid)
    return before?.kind === 'live' ? before.data : undefined
  }

  async #buryOrDestroy(sid: string): Promise<void> {
    try {
      await this.#bury(sid)
    } catch {
      await this.#destroy(sid) // A store without room for a word may still be able to forget.
    }
    this.#owed.delete(sid)
  }

  #noteEnd(sid: string): void {
    this.#deadlines.forget(sid)
    this.#ended.add(sid)
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

  /** A save is a touch too, and leaves no mark. */
  async #save(sid: string, { cookie }: Session, data: SessionData): Promise<void> {
    this.#marked.delete(sid)
    this.#deadlines.noteSaved(sid, cookie)
    try {
      await this.#set(sid, data)
    } catch (error) {
      this.#deadlines.forget(sid)
      throw error
    }
  }

  #set(sid: string, session: SessionData | Session): Promise<unknown> {
    return this.#noEnd(sid, () => called((done) => this.#store.set(sid, session, done)))
  }

  /** What is called until `work` returns is of the store's own doing. */
  #noEnd<Result>(sid: string, work: () => Result): Result {
    const before = this.#storing
    this.#storing = sid
    try {
      return work()
    } finally {
      this.#storing = before
    }
  }

  #destroy(sid: string): Promise<unknown> {
    return called((done) => this.#store.destroy(sid, done))
  }

  async #forget(sid: string): Promise<void> {
    await this.#noEnd(sid, () => this.#destroy(sid)).catch(() => {})
  }

  /** The id is left, with a mark that says that it ended. */
  #bury(sid: string): Promise<unknown> {
    this.#marked.add(sid)
    return this.#set(sid, newMark())
  }
}
