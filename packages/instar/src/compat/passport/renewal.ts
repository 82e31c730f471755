import { once } from './once.ts'
import { clear, dataOf } from './session-data.ts'
import type { Done, PassportRequest, SessionLike } from './types.ts'
import { warnOnce } from './warnings.ts'

export const NEEDS_SESSION = 'Login sessions require session support. Did you forget to use `express-session` middleware?'

const OURS = Symbol.for('instar.dropin')

/**
 * Gives the request a new session under a new id. Where its library has no means to, or what stands for them does nothing, the session is emptied in place and a warning says what
 * mends it. Afterwards nothing of what the session held is in `request.session`.
 */
export function renewSession(request: PassportRequest, done: Done): void {
  const before = request.session
  if (!before) return done(new Error(NEEDS_SESSION))
  if (typeof before['regenerate'] !== 'function') {
    clear(before)
    warnOnce('INSTAR_PASSPORT_NO_REGENERATE')
    return done()
  }
  const id = idOf(request, before)
  const data = dataOf(before)
  call(before, 'regenerate', (error) => {
    if (error) return done(error)
    const after = request.session
    if (!after) return done(new Error(NEEDS_SESSION))
    if (isOurs(after)) return done()
    const isSame = idOf(request, after) === id && (after === before || id !== undefined) && !isOfKoaStore(after)
    const isCopy = after !== before && holdsAll(after, data)
    if (after === before || isCopy) clear(after)
    if (isSame || isCopy) warnOnce('INSTAR_PASSPORT_FAKE_REGENERATE')
    done()
  })
}

/** Stores the session now; what has no `save` stores it with the response. */
export function saveSession(session: SessionLike, done: Done): void {
  if (typeof session['save'] === 'function') call(session, 'save', done)
  else done()
}

/** Whether the sessions are of `@instar/express-session`, whose `regenerate` is known to give a new id. */
export const isOurs = (session: SessionLike): boolean => (session as { [OURS]?: unknown })[OURS] === true

/** Whether a session holds all that another one held: what a `regenerate` gives that copies. */
function holdsAll(session: SessionLike, data: ReadonlyMap<string, unknown>): boolean {
  const entries = [...data].filter(([key]) => key !== 'cookie')
  return entries.length > 0 && entries.every(([key, value]) => JSON.stringify(session[key]) === JSON.stringify(value))
}

const idOf = (request: PassportRequest, session: SessionLike): unknown => session['id'] ?? request.sessionID

/** Whether the sessions are of koa-session with a store, whose `regenerate` gives a new key to the same object, which goes on showing the old one. */
const isOfKoaStore = (session: SessionLike): boolean => session['externalKey'] !== undefined

function call(session: SessionLike, method: 'regenerate' | 'save', done: Done): void {
  once(
    (settle) => (session[method] as (done: Done) => unknown)((error) => settle(error)),
    (error) => done(error),
    (_, settle) => settle(),
  )
}
