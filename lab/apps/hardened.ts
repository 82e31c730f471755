import csurf from 'csurf'
import type { RequestHandler } from 'express'
import session from 'express-session'
import type { Bank } from './bank.ts'
import { expressBank } from './express-bank.ts'
import { regenerateLogin } from './regenerate.ts'
import { bagHabits, bagOf } from './session-habits.ts'
import type { Built } from './stack.ts'

const cookie = { secure: true, sameSite: 'lax', priority: 'high' } as const

/** express-session with all that an application can add to it: a name that browsers protect, csurf with its secret in the session, pages that no cache keeps, paths that are looked at. */
export function build(bank: Bank): Built {
  const store = new session.MemoryStore()
  const listener = expressBank(bank, {
    ...bagHabits,
    ...regenerateLogin,
    uses: [session({ name: '__Host-Http-sid', secret: 'keyboard cat', resave: false, saveUninitialized: false, cookie, store }), forNoCache, csurf()],
    shown: (request) => ({ ...bagHabits.shown(request), token: (request as unknown as { csrfToken(): string }).csrfToken() }),
    setReturnTo(request, path) {
      if (/^\/[\w/-]*$/.test(path) && !path.startsWith('//')) bagOf(request).returnTo = path
    },
  })
  return { listener, rows: () => (store as unknown as { sessions: unknown }).sessions }
}

const forNoCache: RequestHandler = (_, response, next) => {
  response.setHeader('Cache-Control', 'private, no-store')
  next()
}
