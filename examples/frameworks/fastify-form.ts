import type { FastifyInstance } from 'fastify'

/** Forms of browsers, as @fastify/formbody reads them. */
export default function formbody(app: FastifyInstance, _: object, done: () => void): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, parsed) =>
    parsed(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
  done()
}
Object.assign(formbody, { [Symbol.for('skip-override')]: true })
