import Fastify from 'fastify'
import { instar, sessionOf } from 'instar/adapters/fastify'
import type { Bank } from './bank.ts'
import { openSessions } from './instar-sessions.ts'
import { visitOf } from './instar-visit.ts'
import { type Asked, routesOf } from './routes.ts'
import type { Built } from './stack.ts'

/** Instar on Fastify, with no option but its store. */
export async function build(bank: Bank, origin: string): Promise<Built> {
  const { sessions, rows } = openSessions(origin)
  const app = Fastify()
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(body))))
  })
  await app.register(instar(sessions))
  for (const { method, path, answer } of routesOf(bank))
    app[method](path, async (request, reply) => {
      const asked = { query: request.query as Asked['query'], body: (request.body ?? {}) as Asked['body'] }
      const answered = await answer(visitOf(sessionOf(sessions, request)), asked)
      if ('redirect' in answered) return reply.redirect(answered.redirect, 303)
      return reply
        .status(answered.status ?? 200)
        .type('text/html')
        .send(answered.html)
    })
  await app.ready()
  return { listener: (request, response) => app.routing(request, response), rows }
}
