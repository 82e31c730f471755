import session from 'express-session'
import passportModule from 'passport-05'
import type { ProviderAddresses } from '../world/provider.ts'
import type { Bank } from './bank.ts'
import { expressBank } from './express-bank.ts'
import { passportHabits } from './passport-habits.ts'
import { providerByPassport } from './provider-by-passport.ts'
import type { Built } from './stack.ts'

/** Passport before the release that ended CVE-2022-25896: the id stays as it was at a login. */
export function build(bank: Bank, origin: string, provider: ProviderAddresses): Built {
  const store = new session.MemoryStore()
  const passport = new passportModule.Passport() // Not the one that a process shares: many banks are open in it.
  const habits = passportHabits(passport)
  const listener = expressBank(bank, {
    ...habits,
    uses: [
      session({ secret: 'keyboard cat', resave: false, saveUninitialized: true, store }),
      passport.initialize(),
      passport.session(),
      providerByPassport(passport, provider, origin, false),
    ],
    login: (request, user) => new Promise((resolve, reject) => request.login({ id: user }, (error: unknown) => (error ? reject(error) : resolve()))),
    logout: (request) =>
      new Promise((resolve, reject) => {
        // Of Passport 0.6 on it takes a callback; 0.5 is done at once.
        if (request.logout.length > 0) request.logout((error: unknown) => (error ? reject(error) : resolve()))
        else resolve((request.logout as () => void)())
      }),
  })
  return { listener, rows: () => (store as unknown as { sessions: unknown }).sessions }
}
