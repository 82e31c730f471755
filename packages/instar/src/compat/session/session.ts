import { answer, called, type Track } from './callbacks.ts'
import { Cookie } from './cookie.ts'
import type { Callback, SessionRequest } from './request.ts'
import { destroySession, reloadSession, saveSession } from './saving.ts'
import { noteLoaded, Stateful, stateOf } from './session-state.ts'
import type { SessionData } from './store.ts'
import { visitOf } from './visit-of.ts'

/** `req.session`: the application's data are its own properties. */
export interface Session extends SessionData {
  readonly id: string
  readonly req: SessionRequest
  cookie: SessionData['cookie'] & Cookie
}

/** The same for all sessions: with an accessor of its own each would become an object that engines are slow with. */
const ID: PropertyDescriptor = {
  get(this: object) {
    return stateOf(this).id
  },
  configurable: true,
}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: its data are whatever the application puts there, and the middleware gives it its cookie.
export class Session extends Stateful {
  constructor(request: SessionRequest, data?: object | null) {
    super({ request, id: request.sessionID as string, isStored: false, stored: '' })
    Object.defineProperty(this, 'req', { value: request })
    Object.defineProperty(this, 'id', ID)
    if (typeof data !== 'object' || data === null) return
    for (const key in data) if (!(key in this)) (this as { [key: string]: unknown })[key] = (data as { [key: string]: unknown })[key]
  }

  /** Begins the cookie's age anew. */
  touch(): this {
    return this.resetMaxAge()
  }

  resetMaxAge(): this {
    ensureCookie(this)
    const { cookie } = this
    const { originalMaxAge } = cookie
    cookie.maxAge = originalMaxAge
    // The clock may have gone on between the two looks at it.
    if (typeof originalMaxAge === 'number' && Number(cookie.maxAge) >= 0) cookie.originalMaxAge = originalMaxAge
    return this
  }

  /** Stores the session; fails with `session_ended` where it has ended meanwhile: nothing brings it back. */
  save(callback?: Callback): this | Promise<unknown> {
    return answer(saveSession(this), callback, this, this.#track)
  }

  /** Loads it anew, as another object. */
  reload(callback?: Callback): this | Promise<unknown> {
    return answer(reloadSession(this), callback, this)
  }

  /** Ends the session. */
  destroy(callback?: Callback): this | Promise<unknown> {
    return answer(destroySession(this), callback, this, this.#track)
  }

  /** Ends the session and gives the request a new one, empty and under a new id. */
  regenerate(callback?: Callback): this | Promise<unknown> {
    const { request } = stateOf(this)
    const visit = visitOf(request)
    const work = visit ? visit.regenerate() : called((done) => request.sessionStore?.regenerate(request, done))
    return answer(work, callback, this, this.#track)
  }

  /** The request's answer waits for what was begun and not awaited. */
  get #track(): Track | undefined {
    const visit = visitOf(stateOf(this).request)
    return visit && ((work, isTold) => visit.track(work, isTold))
  }
}

// Applications that walk over a session find their data and the cookie, nothing else.
for (const name of Object.getOwnPropertyNames(Session.prototype)) Object.defineProperty(Session.prototype, name, { enumerable: false })
/** For a login layer to know that `regenerate` gives a new id and means it. */
Object.defineProperty(Session.prototype, Symbol.for('instar.dropin'), { value: true })

/** A session of what a store has kept. */
export function sessionFrom(request: SessionRequest, data: SessionData): Session {
  const session = new Session(request, data)
  session.cookie = cookieFrom(data.cookie) as Session['cookie']
  noteLoaded(session, { data })
  return session
}

function cookieFrom(kept: SessionData['cookie']): Cookie {
  const cookie = new Cookie(kept)
  if (typeof kept?.expires === 'string') cookie.expires = new Date(kept.expires)
  cookie.originalMaxAge = kept?.originalMaxAge
  return cookie
}

/** Gives a session whose cookie an application replaced by a plain object, or took out of JSON, one that can be sent. */
export function ensureCookie(session: Session): void {
  if (typeof session.cookie?.serialize !== 'function') session.cookie = cookieFrom(session.cookie ?? {}) as Session['cookie']
}
