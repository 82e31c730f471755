const WARNINGS = {
  INSTAR_PASSPORT_NO_REGENERATE:
    'req.session has no regenerate(), so Passport can give a login no new id and a logout can end nothing on the server: whoever copied the cookie before keeps what it says. ' +
    'What the session held was cleared instead. Use a session middleware that stores sessions on the server: @instar/express-session, or express-session.',
  INSTAR_PASSPORT_FAKE_REGENERATE:
    'req.session.regenerate() left the session as it was, or with the id that it had, so an id planted before the login is logged in after it. What the session held was cleared. ' +
    'Remove the shim (`session.regenerate = cb => cb()`) and use a session middleware that stores sessions on the server: @instar/express-session, or express-session.',
} as const

const said = new Set<string>()

/** Says that a call failed that nobody awaited: its error, which may be of a store, as a message alone. */
export function warnUnheard(method: string, error: unknown): void {
  const why = error instanceof Error ? error.message : String(error)
  process.emitWarning(`req.${method}() failed, and nobody awaited it (${why}). Await it, or give it a callback.`, {
    type: 'SecurityWarning',
    code: 'INSTAR_PASSPORT_UNHEARD',
  })
}

/** Says once a process what is wrong with its sessions and what mends it. */
export function warnOnce(code: keyof typeof WARNINGS): void {
  if (said.has(code)) return
  said.add(code)
  process.emitWarning(WARNINGS[code], { type: 'SecurityWarning', code })
}
