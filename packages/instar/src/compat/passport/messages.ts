import type { Flash, PassportRequest } from './types.ts'

/** Shows a message by `req.flash`, if there is one: the option's, or what the strategy said. */
export function flash(request: PassportRequest, option: Flash | undefined, said: unknown, defaultType: string): void {
  if (!option) return
  const given = typeof option === 'object' ? option : { type: undefined, message: typeof option === 'string' ? option : undefined }
  const type = given.type || (option === true ? typeOf(said) : undefined) || defaultType
  const message = given.message || textOf(said)
  if (typeof message !== 'string') return
  if (typeof request.flash !== 'function') throw new Error('Flash messages need req.flash(): use connect-flash before this route.')
  request.flash(type, message)
}

/** Adds a message to `req.session.messages`: the option's, or what the strategy said. */
export function remember(request: PassportRequest, option: boolean | string | undefined, said: unknown): void {
  const message = typeof option === 'string' ? option : option && textOf(said)
  if (typeof message !== 'string') return
  const { session } = request
  if (!session) throw new Error('Messages are kept in req.session: use a session middleware before this route.')
  if (!Array.isArray(session['messages'])) session['messages'] = []
  ;(session['messages'] as string[]).push(message)
}

const textOf = (said: unknown): unknown => (said as { message?: unknown } | undefined)?.message || said
const typeOf = (said: unknown): string | undefined => (said as { type?: string } | undefined)?.type
