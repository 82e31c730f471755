import { randomBytes } from 'node:crypto'
import type { RequestHandler } from 'express'
import type { Bank } from './bank.ts'
import { expressBank } from './express-bank.ts'
import { bagHabits, bagOf } from './session-habits.ts'
import type { Built } from './stack.ts'

/** As PHP did for years: the id comes from the URL or a cookie, and whatever id comes is taken. */
export function build(bank: Bank): Built {
  const sessions = new Map<string, object>()
  const middleware: RequestHandler = (request, response, next) => {
    const sent = /(?:^|; )SESSID=([^;]*)/.exec(request.headers.cookie ?? '')?.[1]
    const id = typeof request.query['sid'] === 'string' ? request.query['sid'] : (sent ?? randomBytes(16).toString('hex'))
    if (id !== sent) response.setHeader('Set-Cookie', `SESSID=${id}; Path=/`)
    let session = sessions.get(id)
    if (!session) sessions.set(id, (session = {}))
    Object.assign(request, { session, end: () => sessions.delete(id) })
    next()
  }
  const listener = expressBank(bank, {
    ...bagHabits,
    uses: [middleware],
    login(request, user) {
      bagOf(request).user = user
    },
    logout: (request) => void (request as unknown as { end(): void }).end(),
  })
  return { listener, rows: () => Object.fromEntries(sessions) }
}
