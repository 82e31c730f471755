import { once } from './once.ts'
import { clear } from './session-data.ts'
import type { Done, PassportRequest, SessionLike } from './types.ts'
import { warnOnce } from './warnings.ts'

export const NEEDS_SESSION = 'Login sessions require session support. Did you forget to use `express-session` middleware?'

/** What the sessions of `@instar/express-session` carry: their `regenerate` is known to give a new id. */
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
  call(before, 'regenerate', (error) => {
    if (error) return done(error)
    const after = request.session
    if (!after) return done(new Error(NEEDS_SESSION))
    if (after === before) clear(after)
    const isSame = idOf(request, after) === id && (after === before || id !== undefined)
    if (isSame && (after as { [OURS]?: unknown })[OURS] !== true) warnOnce('INSTAR_PASSPORT_FAKE_REGENERATE')
    done()
  })
}

/** Stores the session now; what has no `save` stores it with the response. */
export function saveSession(session: SessionLike, done: Done): void {
  if (typeof session['save'] === 'function') call(session, 'save', done)
  else done()
}

const idOf = (request: PassportRequest, session: SessionLike): unknown => session['id'] ?? request.sessionID

function call(session: SessionLike, method: 'regenerate' | 'save', done: Done): void {
  once(
    (settle) => (session[method] as (done: Done) => unknown)((error) => settle(error)),
    (error) => done(error),
    (_, settle) => settle(),
  )
}
