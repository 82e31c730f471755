import { extendRequest } from './request.ts'
import type { Manager, Middleware } from './types.ts'

export interface InitializeOptions {
  /** Where the user goes in the request; default `user`. */
  readonly userProperty?: string | undefined
  /** Whether requests show what packages made for Passport 0.4 look for; default true. */
  readonly compat?: boolean | undefined
}

/** A middleware that gives requests `login`, `logout`, `isAuthenticated` and `isUnauthenticated`. */
export function initialize(passport: { readonly _sm: Manager; _userProperty?: string }, options: InitializeOptions = {}): Middleware {
  return (request, _response, next) => {
    extendRequest(request)
    request._sessionManager = passport._sm
    if (options.userProperty) request._userProperty = options.userProperty
    if (options.compat !== false) {
      passport._userProperty = options.userProperty || 'user'
      request._passport = { instance: passport }
    }
    next()
  }
}
