import type { RequestHandler } from 'express'
import session from 'express-session'
import type { Bank } from './bank.ts'
import { expressBank, type Habits } from './express-bank.ts'
import { bagHabits, bagOf } from './session-habits.ts'
import type { Built } from './stack.ts'

/** What the documentation of express-session advises for a login: a new id, before the user is written into the session. */
export const regenerateLogin: Pick<Habits, 'login' | 'logout'> = {
  login: (request, user) =>
    new Promise((resolve, reject) =>
      request.session.regenerate((error) => {
        if (error) return reject(error)
        bagOf(request).user = user
        request.session.save((failure) => (failure ? reject(failure) : resolve()))
      }),
    ),
  logout: (request) => new Promise((resolve, reject) => request.session.destroy((error) => (error ? reject(error) : resolve()))),
}

/** express-session with a new id at a login, and a Secure cookie. */
export function regenerateHabits(): Omit<Habits, 'uses'> & { uses: RequestHandler[]; rows(): unknown } {
  const store = new session.MemoryStore()
  return {
    ...bagHabits,
    ...regenerateLogin,
    uses: [session({ secret: 'keyboard cat', resave: false, saveUninitialized: false, cookie: { secure: true, sameSite: 'lax' }, store })],
    rows: () => (store as unknown as { sessions: unknown }).sessions,
  }
}

export function build(bank: Bank): Built {
  const { rows, ...habits } = regenerateHabits()
  return { listener: expressBank(bank, habits), rows }
}
