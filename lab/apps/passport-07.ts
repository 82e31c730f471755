import csurf from 'csurf'
import session from 'express-session'
import passportModule from 'passport'
import type { ProviderAddresses } from '../world/provider.ts'
import type { Bank } from './bank.ts'
import { expressBank } from './express-bank.ts'
import { passportHabits } from './passport-habits.ts'
import { providerByPassport } from './provider-by-passport.ts'
import type { Built } from './stack.ts'

/** Passport as it is now, told to keep what the session holds at a login, with csurf, whose secret is in the session. */
export function build(bank: Bank, origin: string, provider: ProviderAddresses): Built {
  const store = new session.MemoryStore()
  const passport = new passportModule.Passport() // Not the one that a process shares: many banks are open in it.
  const habits = passportHabits(passport)
  const listener = expressBank(bank, {
    ...habits,
    uses: [
      session({ secret: 'keyboard cat', resave: false, saveUninitialized: false, cookie: { secure: true }, store }),
      passport.initialize(),
      passport.session(),
      csurf(),
      providerByPassport(passport, provider, origin, true),
    ],
    shown: (request) => ({ ...habits.shown(request), token: (request as unknown as { csrfToken(): string }).csrfToken() }),
    login: (request, user) =>
      new Promise((resolve, reject) =>
        request.login({ id: user }, { session: true, keepSessionInfo: true }, (error: unknown) => (error ? reject(error) : resolve())),
      ),
    logout: (request) => new Promise((resolve, reject) => request.logout((error) => (error ? reject(error) : resolve()))),
  })
  return { listener, rows: () => (store as unknown as { sessions: unknown }).sessions }
}
