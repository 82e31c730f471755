import session from 'express-session'
import type { ProviderAddresses } from '../world/provider.ts'
import type { Bank } from './bank.ts'
import { expressBank } from './express-bank.ts'
import { providerByHand } from './provider-by-hand.ts'
import { bagHabits, bagOf } from './session-habits.ts'
import type { Built } from './stack.ts'

/** express-session as the first page of its documentation has it, and a login that writes the user into it. */
export function build(bank: Bank, origin: string, provider: ProviderAddresses): Built {
  const store = new session.MemoryStore()
  const listener = expressBank(bank, {
    ...bagHabits,
    uses: [session({ secret: 'keyboard cat', resave: false, saveUninitialized: true, store }), providerByHand(provider, origin)],
    login(request, user) {
      bagOf(request).user = user
    },
    logout: (request) => new Promise((resolve, reject) => request.session.destroy((error) => (error ? reject(error) : resolve()))),
  })
  return { listener, rows: () => (store as unknown as { sessions: unknown }).sessions }
}
