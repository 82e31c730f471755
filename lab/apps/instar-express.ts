import type { Request } from 'express'
import { instar, sessionOf } from 'instar/adapters/express-untyped'
import type { Bank } from './bank.ts'
import { expressBank } from './express-bank.ts'
import { openSessions } from './instar-sessions.ts'
import { visitOf } from './instar-visit.ts'
import type { Built } from './stack.ts'

/** Instar on Express, with no option but its store. */
export function build(bank: Bank, origin: string): Built {
  const { sessions, rows } = openSessions(origin)
  const visit = (request: Request) => visitOf(sessionOf(sessions, request))
  const listener = expressBank(bank, {
    uses: [instar(sessions) as never],
    shown: (request) => visit(request).shown(),
    login: (request, user) => visit(request).login(user),
    logout: (request) => visit(request).logout(),
    write: (request, key, value) => visit(request).write(key, value),
    setReturnTo: (request, path) => visit(request).setReturnTo(path),
    returnTo: (request) => visit(request).returnTo(),
  })
  return { listener, rows }
}
