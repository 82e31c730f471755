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
    (result as PromiseLike<Value>).then(
      (value) => resolved?.(value, settle),
      (error) => settle(asError(error)),
    )
}

/** What was thrown, so that nothing falsy passes for "no error". */
export const asError = (thrown: unknown): unknown => thrown || new Error('Something failed without saying what.')

/** Whether a value has a `then` to be called. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}

/** Calls back, or, where nobody gave a callback, gives a promise of the same. */
export function callbackOrPromise(done: Done | undefined, work: (done: Done) => void): Promise<void> | undefined {
  if (done) return void work(done)
  return new Promise((resolve, reject) => work((error) => (error ? reject(error) : resolve())))
}
