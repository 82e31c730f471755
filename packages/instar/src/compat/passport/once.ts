import type { Done } from './types.ts'

/**
 * Runs work that reports by callback, by a promise or by throwing, and passes on its first word alone, in the same tick where it speaks in it. What `done` itself throws is its
 * caller's affair. `resolved` says what a kept promise means; without it, nothing.
 */
export function once<Value>(
  work: (settle: Done<Value>) => unknown,
  done: Done<Value>,
  resolved?: (value: Value | undefined, settle: Done<Value>) => void,
): void {
  let isSettled = false
  const settle: Done<Value> = (error, value) => {
    if (isSettled) return
    isSettled = true
    done(error, value)
  }
  let result: unknown
  try {
    result = work(settle)
  } catch (error) {
    if (isSettled) throw error
    return settle(asError(error))
  }
  if (isPromise(result))
    (result as Promise<Value>).then(
      (value) => resolved?.(value, settle),
      (error) => settle(asError(error)),
    )
}

/** What was thrown, so that nothing falsy passes for "no error". */
export const asError = (thrown: unknown): unknown => thrown || new Error('Something failed without saying what.')

/** A promise, as async functions give it. What merely has a `then` is none: a query of a database runs when that is called. */
export const isPromise = (value: unknown): value is Promise<unknown> => value instanceof Promise

/** The promise of whatever has a `then`, for functions that can answer in no other way. */
export function asPromise(value: unknown): unknown {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function' ? Promise.resolve(value) : value
}
