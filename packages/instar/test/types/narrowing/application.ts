// Events narrow by type, errors by code.
import { type DropReason, type ERRORS, InstarError, type InstarErrorCode, type SessionEvent, type SessionEventType, SessionManager } from 'instar'
import { memoryStore } from 'instar/stores/memory'
import type { Equal, Expect } from './equal.ts'

function hear(event: SessionEvent): string {
  type _Common = Expect<Equal<[typeof event.at, typeof event.handle, typeof event.userId], [number, string | undefined, string | undefined]>>
  // @ts-expect-error: not every event has it
  event.method
  switch (event.type) {
    case 'session.login': {
      type _Login = Expect<Equal<[typeof event.method, typeof event.remember, typeof event.replaced], [string, boolean, string | undefined]>>
      // @ts-expect-error: of another event
      event.keys
      return event.method
    }
    case 'session.delta_dropped': {
      type _Dropped = Expect<Equal<[typeof event.reason, typeof event.keys], [DropReason, readonly string[]]>>
      return event.keys.join()
    }
    case 'session.superseded_token':
      return event.retiredBy === 'login' ? (event.successor ?? '') : event.retiredBy
    case 'csrf.refused':
      // @ts-expect-error: no such signal
      return event.signal === 'referer' ? '' : event.signal
    // @ts-expect-error: no such event
    case 'session.regenerated':
      return ''
    default:
      return event.type
  }
}

new SessionManager({ store: memoryStore(), onEvent: hear })
// @ts-expect-error: what an event says is not changed
new SessionManager({ store: memoryStore(), onEvent: (event) => (event.userId = 'eve') })

function answer(error: unknown): number {
  if (!(error instanceof InstarError)) throw error
  type _Code = Expect<Equal<typeof error.code, InstarErrorCode>>
  if (error.code === 'limit_reached' || error.code === 'csrf_refused') {
    type _Narrowed = Expect<Equal<typeof error.code, 'limit_reached' | 'csrf_refused'>>
    return 403
  }
  // @ts-expect-error: no such code
  if (error.code === 'limit_reachd') return 403
  // @ts-expect-error: a code is not changed
  error.code = 'conflict'
  return error.status
}
// @ts-expect-error: no such code
new InstarError('no_such_code', 'text')

type _Status = Expect<Equal<(typeof ERRORS)['login_required'][0], 401>>
type _Types = Expect<Equal<SessionEventType, SessionEvent['type']>>

export { answer }
