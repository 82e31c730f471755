import { asError, isPromise } from './once.ts'
import type { PassportStrategy } from './types.ts'

/** What a strategy made of a request. */
export type Outcome =
  | { readonly type: 'success'; readonly user: unknown; readonly info: unknown }
  | { readonly type: 'failure'; readonly challenge: unknown; readonly status: number | undefined }
  | { readonly type: 'redirect'; readonly url: string; readonly status: number }
  | { readonly type: 'pass' }
  | { readonly type: 'error'; readonly error: unknown }

/**
 * Lets a strategy decide on a request. It runs as an heir of the registered one, with options of its own, so that concurrent requests share nothing. The first decision counts; where
 * carrying it out throws, an error that the strategy then reports, of the same or in other words, counts too. A rejection is an error; what is thrown at once is thrown.
 */
export function attempt(strategy: PassportStrategy, request: unknown, options: object, settle: (outcome: Outcome) => void): void {
  let isDecided = false
  let thrown: unknown
  const decide = (outcome: Outcome): void => {
    if (isDecided) return
    isDecided = true
    try {
      settle(outcome)
    } catch (error) {
      thrown = error
      throw error
    }
  }
  const fail = (reason: unknown): void => {
    const error = asError(reason)
    if (thrown === undefined) return decide({ type: 'error', error })
    thrown = undefined
    settle({ type: 'error', error })
  }
  const heir = Object.assign(Object.create(strategy), {
    success: (user: unknown, info?: unknown) => decide({ type: 'success', user, info }),
    fail: (challenge?: unknown, status?: number) =>
      decide(typeof challenge === 'number' ? { type: 'failure', challenge: undefined, status: challenge } : { type: 'failure', challenge, status }),
    redirect: (url: string, status?: number) => decide({ type: 'redirect', url, status: status || 302 }),
    pass: () => decide({ type: 'pass' }),
    error: fail,
  })
  const result: unknown = heir.authenticate(request, { ...options })
  if (isPromise(result)) result.then(undefined, fail)
}
