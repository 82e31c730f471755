import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import express, { type Express } from 'express'
// @ts-expect-error: the types are those of Express 5, for the calls that both have
import express4 from 'express4'
import { instar, sessionOf } from 'instar/adapters/express-untyped'
import { withSession } from 'instar/adapters/node'
import { memoryStore } from 'instar/stores/memory'
import type { AdapterAnswer, AdapterSubject } from 'instar/testing'

/** Listens on a free port of the loopback address. */
export async function listen(listener: RequestListener): Promise<{ origin: string; server: Server; close(): Promise<void> }> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export async function writeAnswer(response: ServerResponse, { status = 200, headers = {}, body = '' }: AdapterAnswer): Promise<void> {
  response.statusCode = status
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value as string | string[])
  if (typeof body === 'string') response.end(body)
  else await pipeline(Readable.from(body), response)
}

/** The path of a request below the prefix that its handler is mounted at. */
export const pathOf = (url: string | undefined, prefix = ''): string => (url ?? '/').slice(prefix.length).split('?', 1)[0] as string

export const nodeAdapter: AdapterSubject = {
  openStore: () => memoryStore(),
  start: (sessions, handler, options) =>
    listen(
      withSession(
        sessions,
        async (request, response, session) =>
          writeAnswer(response, await handler(session, { method: request.method ?? '', path: pathOf(request.url, options.prefix) })),
        options,
      ),
    ),
}

export const expresses: { readonly [name: string]: typeof express } = { 'Express 5': express, 'Express 4': express4 }

/** An application whose errors are answered with their status, as most do. */
export function quietErrors(app: Express): Express {
  const answer: express.ErrorRequestHandler = (error, _request, response, next) => {
    if (response.headersSent) next(error)
    else response.status(error.status ?? 500).send(`failed: ${error.code ?? 'unknown'}`)
  }
  return app.set('env', 'test').use(answer)
}

export const expressAdapter = (make: typeof express): AdapterSubject => ({
  openStore: () => memoryStore(),
  believesProxies: true,
  start(sessions, handler, { csrf = {}, behindProxy = false, prefix = '/' }) {
    const app = make()
    app.set('trust proxy', behindProxy ? 'loopback' : false)
    app.use(prefix, instar(sessions, { csrf }))
    app.use(prefix, (request, response, next) => {
      const session = sessionOf(sessions, request)
      Promise.resolve()
        .then(() => handler(session, { method: request.method, path: request.path }))
        .then((answer) => writeAnswer(response, answer))
        .catch(next)
    })
    return listen(quietErrors(app))
  },
})
