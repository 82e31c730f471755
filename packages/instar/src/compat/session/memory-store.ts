import { EventEmitter } from 'node:events'
import { endOf, isSameCookie, isToMove } from './deadlines.ts'
import { EndedIds } from './ended-ids.ts'
import { KEEPER, type Keeper, type Kept } from './keeper.ts'
import { LegacyKeeper } from './legacy-keeper.ts'
import { merged } from './merge.ts'
import type { Callback } from './request.ts'
import type { Session } from './session.ts'
import type { SessionState } from './session-state.ts'
import { type SessionData, Store } from './store.ts'

/** Sessions in the memory of one process, as JSON. An id that is removed is never written again by a session that was loaded before. */
export interface MemoryStore extends Store {
  sessions: { [sid: string]: string }
}

export const MemoryStore = function MemoryStore(this: MemoryStore) {
  Store.call(this)
  EventEmitter.call(this as never)
  this.sessions = Object.create(null)
} as unknown as { new (): MemoryStore; (this: unknown): void; prototype: MemoryStore }

Object.setPrototypeOf(MemoryStore, Store)
const prototype: MemoryStore = Object.create(Store.prototype, { constructor: { value: MemoryStore, configurable: true, writable: true } })
MemoryStore.prototype = prototype

prototype.get = function get(sid, callback) {
  later(callback, undefined, live(this, sid))
}

prototype.set = function set(sid, session, callback) {
  this.sessions[sid] = JSON.stringify(session)
  later(callback)
}

prototype.destroy = function destroy(sid, callback) {
  delete this.sessions[sid]
  later(callback)
}

prototype.touch = function touch(sid, session, callback) {
  touchAt(this, sid, session)
  later(callback)
}

prototype.all = function all(callback) {
  later(callback, undefined, allOf(this))
}

prototype.length = function length(callback) {
  later(callback, undefined, Object.keys(allOf(this)).length)
}

prototype.clear = function clear(callback) {
  this.sessions = Object.create(null)
  later(callback)
}

function later<Result>(callback: Callback<Result> | undefined, error?: unknown, result?: Result): void {
  if (callback) setImmediate(callback, error, result)
}

/** A session that has not expired. */
function live(store: MemoryStore, sid: string): SessionData | undefined {
  const json = store.sessions[sid]
  if (json === undefined) return undefined
  const data = JSON.parse(json) as SessionData
  const { expires } = data.cookie ?? {}
  if (!expires || new Date(expires).valueOf() > Date.now()) return data
  delete store.sessions[sid]
  return undefined
}

function allOf(store: MemoryStore): { [sid: string]: SessionData } {
  const found = Object.create(null)
  for (const sid of Object.keys(store.sessions)) {
    const data = live(store, sid)
    if (data) found[sid] = data
  }
  return found
}

function touchAt(store: MemoryStore, sid: string, session: SessionData | Session): void {
  const data = live(store, sid)
  if (data) store.sessions[sid] = JSON.stringify({ ...data, cookie: session.cookie })
}

/** What one process can do at once: to look and to write with nothing in between. */
class MemoryKeeper implements Keeper {
  readonly #store: MemoryStore
  readonly #ended = new EndedIds()

  constructor(store: MemoryStore) {
    this.#store = store
  }

  async load(sid: string): Promise<Kept> {
    const data = live(this.#store, sid)
    if (data) return { kind: 'live', data }
    return { kind: this.#ended.has(sid) ? 'ended' : 'none' }
  }

  async insert(session: Session, { id }: SessionState): Promise<boolean> {
    if (this.#ended.has(id)) return false
    this.#store.sessions[id] = JSON.stringify(session)
    return true
  }

  async replace(session: Session, state: SessionState): Promise<boolean> {
    const current = live(this.#store, state.id)
    if (current) this.#store.sessions[state.id] = JSON.stringify(merged(session, state, current))
    return current !== undefined
  }

  touch(session: Session, { id, cookie: kept }: SessionState): undefined {
    const { cookie } = session
    // A session whose cookie has no end has none here either.
    const isKept = isSameCookie(cookie, kept) && (cookie.expires ? !isToMove(endOf(kept as SessionData['cookie']), endOf(cookie)) : !kept?.expires)
    if (!isKept) touchAt(this.#store, id, session)
  }

  async end(sid: string, wasStored: boolean, asksForData: boolean): Promise<SessionData | undefined> {
    const data = asksForData ? live(this.#store, sid) : undefined
    delete this.#store.sessions[sid]
    if (wasStored) this.#ended.add(sid)
    return data
  }
}

const keepers = new WeakMap<MemoryStore, Keeper>()
const { get, set, destroy, touch } = prototype

// A store whose methods were replaced, to watch them or to fail, is asked by its methods.
Object.defineProperty(prototype, KEEPER, {
  get(this: MemoryStore): Keeper {
    let keeper = keepers.get(this)
    const isPlain = this.get === get && this.set === set && this.destroy === destroy && this.touch === touch
    if (!keeper || keeper instanceof MemoryKeeper !== isPlain) keepers.set(this, (keeper = isPlain ? new MemoryKeeper(this) : new LegacyKeeper(this)))
    return keeper
  },
})
