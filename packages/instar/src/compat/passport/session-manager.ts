import { hasEnded } from '../session/saving.ts'
import { isOurs, NEEDS_SESSION, renewSession, saveSession } from './renewal.ts'
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
  logIn(request: PassportRequest, user: unknown, given: LogInOptions | Done | undefined, callback?: Done): void {
    if (typeof given === 'function') return this.logIn(request, user, {}, given)
    const options = given ?? {}
    const work = (done: Done): void => {
      const before = request.session
      let data = before ? dataOf(before) : new Map<string, unknown>()
      renewSession(request, (failure) => {
        if (failure) return done(failure)
        if (before && isOurs(before)) data = dataOf(before) // With what a parallel request had stored when it ended.
        this._serializeUser(user, request, (unserialized, serialized) => {
          if (unserialized) return done(unserialized)
          const { session } = request
          if (!session) return done(new Error(NEEDS_SESSION))
          try {
            restore(session, survivorsOf(data, options, this.#isOfAnother(data, serialized)))
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
  logOut(request: PassportRequest, given: LogOutOptions | Done | undefined, callback?: Done): void {
    if (typeof given === 'function') return this.logOut(request, {}, given)
    const options = given ?? {}
    const work = (done: Done): void => {
      const { session } = request
      if (!session) return done(new Error(NEEDS_SESSION))
      if (session[this._key]) session[this._key] = {}
      const data = dataOf(session)
      saveSession(session, (unsaved) => {
        const failed = hasEnded(unsaved) ? undefined : unsaved // Ended by another request: what a logout is for.
        renewSession(request, (failure) => {
          let unkept: unknown
          try {
            if (!failure && options.keepSessionInfo && request.session) restore(request.session, survivorsOf(data, options, false))
          } catch (error) {
            unkept = error
          }
          done(failed ?? failure ?? unkept)
        })
      })
    }
    inTurn(request, work, callback as Done)
  }

  #isOfAnother(data: ReadonlyMap<string, unknown>, serialized: unknown): boolean {
    const login = data.get(this._key) as { readonly user?: unknown } | null | undefined
    return login?.user != null && JSON.stringify(login.user) !== JSON.stringify(serialized)
  }
}
