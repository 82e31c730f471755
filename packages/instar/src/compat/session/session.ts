import { answer } from './callbacks.ts'
import { Cookie } from './cookie.ts'
import { NOBODY } from './identity.ts'
import type { Callback, SessionRequest } from './request.ts'
import { destroySession, reloadSession, saveSession } from './saving.ts'
import { rememberState, type SessionState, stateOf } from './session-state.ts'
import type { SessionData } from './store.ts'
import { visitOf } from './visit-of.ts'

/** `req.session`: the application's data are its own properties. */
export interface Session extends SessionData {
  readonly id: string
  readonly req: SessionRequest
  cookie: SessionData['cookie'] & Cookie
}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: its data are whatever the application puts there, and the middleware gives it its cookie.
export class Session {
  constructor(request: SessionRequest, data?: object | null) {
    const state: SessionState = { request, id: request.sessionID as string, isStored: false, stored: '', identity: NOBODY }
    rememberState(this, state)
    Object.defineProperty(this, 'req', { value: request })
    Object.defineProperty(this, 'id', { get: () => state.id, configurable: true })
    if (typeof data !== 'object' || data === null) return
    for (const key in data) if (!(key in this)) (this as { [key: string]: unknown })[key] = (data as { [key: string]: unknown })[key]
  }

  /** Begins the cookie's age anew. */
  touch(): this {
    return this.resetMaxAge()
  }

  resetMaxAge(): this {
    this.cookie.maxAge = this.cookie.originalMaxAge
    return this
  }

  /** Stores the session; fails with `session_ended` where it has ended meanwhile: nothing brings it back. */
  save(callback?: Callback): this | Promise<unknown> {
    return answer(() => saveSession(this), callback, this)
  }

  /** Loads it anew, as another object. */
  reload(callback?: Callback): this | Promise<unknown> {
    return answer(() => reloadSession(this), callback, this)
  }

  /** Ends the session. */
  destroy(callback?: Callback): this | Promise<unknown> {
    return answer(() => destroySession(this), callback, this)
  }

  /** Ends the session and gives the request a new one, empty and under a new id. */
  regenerate(callback?: Callback): this | Promise<unknown> {
    const { request } = stateOf(this)
    const visit = visitOf(request)
    if (!visit)
      return answer(
        () => new Promise((resolve, reject) => request.sessionStore?.regenerate(request, (error) => (error ? reject(error) : resolve(undefined)))),
        callback,
        this,
      )
    return answer(() => visit.regenerate(), callback, this)
  }
}

// Applications that walk over a session find their data and the cookie, nothing else.
for (const name of Object.getOwnPropertyNames(Session.prototype)) Object.defineProperty(Session.prototype, name, { enumerable: false })
/** For a login layer to know that `regenerate` gives a new id and means it. */
Object.defineProperty(Session.prototype, Symbol.for('instar.dropin'), { value: true })

/** A session of what a store has kept. */
export function sessionFrom(request: SessionRequest, data: SessionData): Session {
  const { cookie: kept } = data
  const cookie = new Cookie(kept)
  if (typeof kept.expires === 'string') cookie.expires = new Date(kept.expires)
  cookie.originalMaxAge = kept.originalMaxAge
  return new Session(request, { ...data, cookie })
}
