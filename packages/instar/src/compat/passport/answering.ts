import { type Outcome, startOutcome } from '../../core/outcome.ts'
import { visitOf } from '../session/visit-of.ts'
import type { Done, PassportRequest } from './types.ts'
import { warnUnheard } from './warnings.ts'

/**
 * Calls back, or, where nobody gave a callback, gives a promise of the same. One that nobody awaits: with sessions of ours the answer waits for it, and fails with it; elsewhere a
 * warning says that it failed. It never ends the process.
 */
export function callbackOrPromise(request: PassportRequest, method: string, done: Done | undefined, work: (done: Done) => void): Promise<void> | undefined {
  if (done) return void work(done)
  const outcome = startOutcome(() => new Promise<void>((resolve, reject) => work((error) => (error ? reject(error) : resolve()))))
  const visit = visitOf(request as never)
  if (visit && !visit.isHeadGone) visit.track(outcome, false)
  else watch(outcome, method)
  return outcome
}

function watch(outcome: Outcome<void>, method: string): void {
  Promise.prototype.then.call(outcome, undefined, (error: unknown) => {
    if (!outcome.wasObserved) warnUnheard(method, error)
  })
}

/** Whether the head of the answer has gone, so that no cookie can follow. */
export function isTooLate(request: PassportRequest): boolean {
  return visitOf(request as never)?.isHeadGone ?? request.res?.headersSent === true
}
