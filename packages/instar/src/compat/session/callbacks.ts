import { startOutcome } from '../../core/outcome.ts'
import type { Callback } from './request.ts'

/** Called with work that was begun, and whether somebody is told by a callback how it ended. */
export type Track = (work: Promise<unknown>, isTold: boolean) => void

/**
 * Answers in the way that was asked for: by the callback, or without one by a promise. A promise that nobody looks at is no unhandled rejection, since
 * callers of the callback forms never had to look; the request's end does, by `track`.
 */
export function answer<Chain, Result>(work: Promise<Result>, callback: Callback<Result> | undefined, chained: Chain, track?: Track): Chain | Promise<Result> {
  if (typeof callback !== 'function') {
    const outcome = startOutcome(() => work)
    track?.(outcome, false)
    return outcome
  }
  track?.(work, true)
  work.then(
    (result) => setImmediate(callback, undefined, result),
    (error: unknown) => setImmediate(callback, error),
  )
  return chained
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
