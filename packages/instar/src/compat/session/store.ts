import { EventEmitter } from 'node:events'
import type { Callback, SessionRequest } from './request.ts'
import { type Session, sessionFrom } from './session.ts'
import { takePlaceOf } from './session-state.ts'
import { visitOf } from './visit-of.ts'

/** What stores keep: the session as JSON has it. */
export interface SessionData {
  cookie: { originalMaxAge?: number | null; expires?: Date | string | null; [attribute: string]: unknown }
  [key: string]: unknown
}

/** The base of session stores. Those of others extend it: callable without `new`, and nothing is set up in it. */
export interface Store extends EventEmitter {
  get(sid: string, callback: Callback<SessionData | null>): void
  set(sid: string, session: SessionData | Session, callback?: Callback): void
  destroy(sid: string, callback?: Callback): void
  touch?(sid: string, session: SessionData | Session, callback?: Callback): void
  all?(callback: Callback<unknown>): void
  length?(callback: Callback<number>): void
  clear?(callback?: Callback): void
  regenerate(request: SessionRequest, callback: Callback): void
  load(sid: string, callback: Callback<Session>): void
  createSession(request: SessionRequest, data: SessionData): Session
  generate(request: SessionRequest): void
}

export const Store = function Store(this: Store) {
  EventEmitter.call(this as never)
} as unknown as { new (): Store; (this: unknown): void; prototype: Store }

Object.setPrototypeOf(Store, EventEmitter)
Store.prototype = Object.create(EventEmitter.prototype, { constructor: { value: Store, configurable: true, writable: true } })

/** Ends the session of a request and gives it a new one, under a new id. */
Store.prototype.regenerate = function regenerate(this: Store, request, callback) {
  const visit = visitOf(request)
  if (visit)
    return void visit.regenerate().then(
      () => setImmediate(callback),
      (error: unknown) => setImmediate(callback, error),
    )
  this.destroy(request.sessionID as string, (error) => {
    this.generate(request)
    callback(error)
  })
}

/** The session of an id, for what is no request, such as a socket. */
Store.prototype.load = function load(this: Store, sid, callback) {
  this.get(sid, (error, data) => {
    if (error) return callback(error)
    if (!data) return callback()
    callback(null, this.createSession({ sessionID: sid, sessionStore: this } as SessionRequest, data))
  })
}

/** Makes the session of a request out of what the store kept, or out of what an application puts in its place. */
Store.prototype.createSession = function createSession(this: Store, request, data) {
  const session = sessionFrom(request, data)
  takePlaceOf(request.session, session)
  request.session = session
  return session
}
