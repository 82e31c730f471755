import { once } from './once.ts'
import type { Done } from './types.ts'

const waiting = new WeakMap<object, (() => void)[]>()

/** Runs the work that changes a request's session after what was begun before it, so that of two logins under way neither writes into the session of the other. */
export function inTurn(request: object, work: (done: Done) => void, done: Done): void {
  const earlier = waiting.get(request)
  if (earlier) return void earlier.push(() => inTurn(request, work, done))
  const later: (() => void)[] = []
  waiting.set(request, later)
  once(work, (error) => {
    waiting.delete(request)
    try {
      done(error)
    } finally {
      for (const start of later) start()
    }
  })
}
