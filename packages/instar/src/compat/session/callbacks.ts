import type { Callback } from './request.ts'

/**
 * Answers in the way that was asked for: by the callback, or without one by a promise. A promise that nobody looks at is no unhandled rejection, since
 * callers of the callback forms never had to look.
 */
export function answer<Chain, Result>(work: () => Promise<Result>, callback: Callback<Result> | undefined, chained: Chain): Chain | Promise<Result> {
  const outcome = work()
  if (typeof callback === 'function') {
    outcome.then(
      (result) => setImmediate(callback, undefined, result),
      (error: unknown) => setImmediate(callback, error),
    )
    return chained
  }
  outcome.catch(() => {})
  return outcome
}

/** A call by callback, as a promise; what it throws rejects too. */
export function called<Result = unknown>(call: (callback: Callback<Result>) => unknown): Promise<Result | undefined> {
  return new Promise((resolve, reject) => {
    call((error, result) => {
      if (error) reject(error)
      else resolve(result)
    })
  })
}
