import cookieSession from 'cookie-session'
import type { Bank } from './bank.ts'
import { expressBank } from './express-bank.ts'
import { bagHabits, bagOf } from './session-habits.ts'
import type { Built } from './stack.ts'

/** The session is in the cookie, signed: the server keeps nothing. */
export function build(bank: Bank): Built {
  return {
    listener: expressBank(bank, {
      ...bagHabits,
      uses: [cookieSession({ name: 'session', keys: ['keyboard cat'], sameSite: 'lax' })],
      login(request, user) {
        bagOf(request).user = user
      },
      logout(request) {
        ;(request as unknown as { session: null }).session = null
      },
    }),
  }
}
