import { sameOriginPath } from '../../core/return-to.ts'
import { answerFailure, type Failure, redirectTo, sendTo } from './answers.ts'
import { attempt, type Outcome } from './attempt.ts'
import { flash, remember } from './messages.ts'
import { isPromise } from './once.ts'
import { assign, extendRequest } from './request.ts'
import type {
  AuthenticateCallback,
  AuthenticateOptions,
  Done,
  Manager,
  Middleware,
  Next,
  PassportRequest,
  PassportResponse,
  PassportStrategy,
} from './types.ts'

/** What a middleware needs of its Passport. */
export interface PassportLike {
  readonly _sm: Manager
  _strategy(name: string): PassportStrategy | undefined
  transformAuthInfo(info: unknown, request: PassportRequest, done: Done): void
}

export type StrategyName = string | PassportStrategy

/**
 * A middleware that lets the named strategies decide on a request, in order, until one does not refuse. A user is logged in, or goes to `assignProperty`; with a callback everything
 * after the decision is its affair.
 */
export function authenticate(
  passport: PassportLike,
  name: StrategyName | readonly StrategyName[],
  options?: AuthenticateOptions | AuthenticateCallback | null,
  callback?: AuthenticateCallback,
): Middleware {
  if (typeof options === 'function') return authenticate(passport, name, {}, options)
  const given = options ?? {}
  if (given.keep !== undefined && !Array.isArray(given.keep)) throw new TypeError("The option keep names keys of the session as a list: keep: ['cart'].")
  const isList = Array.isArray(name)
  const names = (isList ? name : [name]) as readonly StrategyName[]

  return (request, response, next) => {
    extendRequest(request)
    request._sessionManager = passport._sm
    const failures: Failure[] = []
    const report = (...outcome: Parameters<AuthenticateCallback>): void => {
      const result = (callback as AuthenticateCallback)(...outcome)
      if (isPromise(result)) result.then(undefined, next)
    }

    const tryNext = (): void => {
      const current = names[failures.length]
      if (current === undefined) return refuse()
      const strategy = typeof current === 'string' ? passport._strategy(current) : current
      if (!strategy) return next(new Error(`Unknown authentication strategy "${current}"`))
      attempt(strategy, request, given, follow)
    }

    const refuse = (): void => {
      if (!callback) return answerFailure(request, response, next, failures, given)
      const challenges = failures.map(({ challenge }) => challenge)
      const statuses = failures.map(({ status }) => status)
      if (isList) report(null, false, challenges, statuses)
      else report(null, false, challenges[0], statuses[0])
    }

    const follow = (outcome: Outcome): void => {
      switch (outcome.type) {
        case 'success':
          if (callback) return report(null, outcome.user, outcome.info)
          return accept(passport, request, response, next, outcome, given)
        case 'failure':
          failures.push(outcome)
          return tryNext()
        case 'redirect':
          try {
            return redirectTo(response, outcome.url, outcome.status)
          } catch (error) {
            return next(error) // It holds what no header may.
          }
        case 'pass':
          return next()
        case 'error':
          if (callback) return report(outcome.error)
          return next(outcome.error)
      }
    }

    tryNext()
  }
}

/** Carries a success out: the user to its place, messages, what is known of the login, and on to a page or to the next handler. */
function accept(
  passport: PassportLike,
  request: PassportRequest,
  response: PassportResponse,
  next: Next,
  { user, info: said }: { readonly user: unknown; readonly info: unknown },
  options: AuthenticateOptions,
): void {
  const info = said || {}
  /** False, and the request has failed, where it could not be told: this runs in nobody's `try`. */
  const tell = (): boolean => {
    try {
      flash(request, options.successFlash, info, 'success')
      remember(request, options.successMessage, info)
      return true
    } catch (error) {
      next(error)
      return false
    }
  }
  const finish = (done: () => void): void => {
    if (options.authInfo === false) return done()
    passport.transformAuthInfo(info, request, (error, transformed) => {
      if (error) return next(error)
      request.authInfo = transformed
      done()
    })
  }

  if (options.assignProperty) {
    if (!tell()) return
    assign(request, options.assignProperty, user)
    return finish(() => next())
  }
  const logIn = request.logIn as (user: unknown, options: AuthenticateOptions, done: Done) => void
  logIn.call(request, user, options, (failure) => {
    if (failure) return next(failure)
    if (!tell()) return
    finish(() => {
      const page = options.successReturnToOrRedirect ? takeReturnTo(request, options.successReturnToOrRedirect) : options.successRedirect
      if (!page) return next()
      try {
        sendTo(response, page)
      } catch (error) {
        next(error)
      }
    })
  })
}

/** The path that the session remembers, which is then forgotten; the default when there is none, or when it leads to another origin. */
function takeReturnTo({ session }: PassportRequest, byDefault: string): string {
  const remembered = session?.['returnTo']
  if (session && remembered) delete session['returnTo']
  return sameOriginPath(remembered) ?? byDefault
}
