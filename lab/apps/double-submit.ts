import csurf from 'csurf'
import type { RequestHandler } from 'express'
import type { Bank } from './bank.ts'
import { expressBank } from './express-bank.ts'
import { regenerateHabits } from './regenerate.ts'
import { bagHabits } from './session-habits.ts'
import type { Built } from './stack.ts'

/** A new id at login, and csurf with its secret in a cookie of its own: a double submit. */
export function build(bank: Bank): Built {
  const { uses, rows, ...habits } = regenerateHabits()
  const listener = expressBank(bank, {
    ...habits,
    uses: [...uses, cookies, csurf({ cookie: { secure: true, httpOnly: true } })],
    shown: (request) => ({ ...bagHabits.shown(request), token: (request as unknown as { csrfToken(): string }).csrfToken() }),
  })
  return { listener, rows }
}

/** csurf wants the cookies parsed. */
const cookies: RequestHandler = (request, _, next) => {
  const pairs = (request.headers.cookie ?? '')
    .split('; ')
    .map((pair) => [pair.slice(0, pair.indexOf('=')), decodeURIComponent(pair.slice(pair.indexOf('=') + 1))] as const)
  const first: { [name: string]: string } = {}
  for (const [name, value] of pairs) first[name] ??= value // As cookie-parser does.
  Object.assign(request, { cookies: first })
  next()
}
