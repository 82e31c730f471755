import { callbackOrPromise, isTooLate } from './answering.ts'
import type { Done, LogInOptions, LogOutOptions, PassportRequest } from './types.ts'

/**
 * Logs a user in: into the session, under a new id, unless `session: false` says for this request alone. Calls back, or gives a promise, when the session is stored; after an error
 * the request has no user.
 */
export function logIn(this: PassportRequest, user: unknown, options?: LogInOptions | Done | null, done?: Done): Promise<void> | undefined {
  if (typeof options === 'function') return logIn.call(this, user, {}, options)
  const given = options ?? {}
  const isStored = given.session === undefined || Boolean(given.session)
  setUser(this, user)
  return callbackOrPromise(this, 'login', done, (done) => {
    if (!isStored || !this._sessionManager) return done()
    const settle = (error?: unknown): void => {
      setUser(this, error ? null : user) // Of two logins the last one counts, whatever became of the other.
      done(error)
    }
    if (isTooLate(this)) return settle(new Error(TOO_LATE))
    this._sessionManager.logIn(this, user, given, settle)
  })
}

const TOO_LATE = 'The response has begun, so the cookie of a login could no longer reach the browser, and nobody was logged in. Log in before the answer.'

/** Logs the user out, under a new id. Calls back, or gives a promise, when the session of the login is gone. */
export function logOut(this: PassportRequest, options?: LogOutOptions | Done | null, done?: Done): Promise<void> | undefined {
  if (typeof options === 'function') return logOut.call(this, {}, options)
  setUser(this, null)
  return callbackOrPromise(this, 'logout', done, (done) => {
    if (this._sessionManager) this._sessionManager.logOut(this, options ?? {}, done)
    else done()
  })
}

/** Whether the request has a user. */
export function isAuthenticated(this: PassportRequest): boolean {
  return Boolean((this as Record<string, unknown>)[userProperty(this)])
}

/** Whether the request has no user. */
export function isUnauthenticated(this: PassportRequest): boolean {
  const ask = typeof this.isAuthenticated === 'function' ? (this.isAuthenticated as typeof isAuthenticated) : isAuthenticated
  return !ask.call(this)
}

/** Gives a request what it lacks of these. */
export function extendRequest(request: PassportRequest): void {
  request.login = request.logIn = request.logIn || logIn
  request.logout = request.logOut = request.logOut || logOut
  request.isAuthenticated = request.isAuthenticated || isAuthenticated
  request.isUnauthenticated = request.isUnauthenticated || isUnauthenticated
}

export function setUser(request: PassportRequest, user: unknown): void {
  assign(request, userProperty(request), user)
}

/** Sets a property that an option names. Throws a TypeError for the one name that would exchange the request's prototype. */
export function assign(request: PassportRequest, property: string, value: unknown): void {
  if (property === '__proto__') throw new TypeError('A property of the request cannot be named __proto__.')
  ;(request as Record<string, unknown>)[property] = value
}

const userProperty = (request: PassportRequest): string => request._userProperty || 'user'
