import { NEEDS_SESSION, renewSession, saveSession } from './renewal.ts'
import { dataOf, restore, survivorsOf } from './session-data.ts'
import { inTurn } from './turns.ts'
import type { Done, LogInOptions, LogOutOptions, Manager, PassportRequest } from './types.ts'

export type Serialize = (user: unknown, request: PassportRequest, done: Done) => void

/** Writes logins into sessions and takes them out: always by a new session under a new id, and stored before it is told. */
export class SessionManager implements Manager {
  readonly _key: string
  readonly _serializeUser: Serialize

  constructor(options?: { readonly key?: string } | Serialize, serializeUser?: Serialize) {
    const given = typeof options === 'function' ? {} : options
    this._key = given?.key ?? 'passport'
    this._serializeUser = (typeof options === 'function' ? options : serializeUser) as Serialize
  }

  /** Done when the session of the login is stored. After an error nobody is logged in, and nothing that is stored later says otherwise. */
  logIn(request: PassportRequest, user: unknown, options: LogInOptions | Done, callback?: Done): void {
    if (typeof options === 'function') return this.logIn(request, user, {}, options)
    const work = (done: Done): void => {
      const data = request.session ? dataOf(request.session) : new Map()
      renewSession(request, (failure) => {
        if (failure) return done(failure)
        this._serializeUser(user, request, (unserialized, serialized) => {
          if (unserialized) return done(unserialized)
          const { session } = request
          if (!session) return done(new Error(NEEDS_SESSION))
          try {
            restore(session, survivorsOf(data, options))
            session[this._key] = { user: serialized }
          } catch (error) {
            return done(error)
          }
          saveSession(session, (unsaved) => {
            if (unsaved) delete session[this._key]
            done(unsaved)
          })
        })
      })
    }
    inTurn(request, work, callback as Done)
  }

  /** Done when the session of the login is no more. A session that cannot be saved is ended all the same, and its error told. */
  logOut(request: PassportRequest, options: LogOutOptions | Done, callback?: Done): void {
    if (typeof options === 'function') return this.logOut(request, {}, options)
    const work = (done: Done): void => {
      const { session } = request
      if (!session) return done(new Error(NEEDS_SESSION))
      if (session[this._key]) session[this._key] = {}
      const data = dataOf(session)
      saveSession(session, (unsaved) => {
        renewSession(request, (failure) => {
          if (!failure && options.keepSessionInfo && request.session) restore(request.session, survivorsOf(data, options))
          done(unsaved ?? failure)
        })
      })
    }
    inTurn(request, work, callback as Done)
  }
}
