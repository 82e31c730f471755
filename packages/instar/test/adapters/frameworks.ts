import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { type ServerType, serve } from '@hono/node-server'
import fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import * as fastifyAdapter from 'instar/adapters/fastify'
import * as koaAdapter from 'instar/adapters/koa'
import { memoryStore } from 'instar/stores/memory'
import type { AdapterSubject } from 'instar/testing'
import Koa from 'koa'
// @ts-expect-error: the types are those of Koa 3, for the calls that both have
import Koa2 from 'koa2'
import { listen, pathOf } from './harness.ts'
import type { Serve } from './web-subjects.ts'

/** Serves web-standard requests on Node. */
export const serveWeb: Serve = async (fetch) => {
  const server: ServerType = serve({ fetch, port: 0, hostname: '127.0.0.1', overrideGlobalObjects: false })
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      if ('closeAllConnections' in server) server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export const koas: { readonly [name: string]: typeof Koa } = { 'Koa 3': Koa, 'Koa 2': Koa2 }

export const koaSubject = (Make: typeof Koa): AdapterSubject => ({
  openStore: () => memoryStore(),
  believesProxies: true,
  start(sessions, handler, { csrf = {}, behindProxy = false, prefix = '' }) {
    const app = new Make({ proxy: behindProxy })
    app.silent = true
    app.use((context, next) => {
      context.path = context.path.slice(prefix.length) // As koa-mount does.
      return next()
    })
    app.use(koaAdapter.instar(sessions, { csrf }))
    app.use(async (context) => {
      const { status = 200, headers = {}, body = '' } = await handler(koaAdapter.sessionOf(sessions, context), { method: context.method, path: context.path })
      context.status = status
      for (const [name, value] of Object.entries(headers)) context.set(name, value as string | string[])
      if (status !== 204 && status !== 304) context.body = typeof body === 'string' ? body : Readable.from(body)
    })
    return listen(app.callback())
  },
})

type Start = Parameters<AdapterSubject['start']>

/** Gives an application of Fastify the plugin and the handler of the suite. */
export function fastifyHandler(app: FastifyInstance, ...[sessions, handler, options]: Start): void {
  const { csrf = {}, prefix = '' } = options
  app.setErrorHandler((error: FastifyError & { status?: number }, _request, reply) => {
    reply.status(error.status ?? 500).send(`failed: ${error.code ?? 'unknown'}`)
  })
  app.register(
    async (scope) => {
      scope.register(fastifyAdapter.instar(sessions, { csrf }))
      scope.all('/*', async (request, reply) => {
        const asked = { method: request.method, path: pathOf(request.url, prefix) }
        const { status = 200, headers = {}, body = '' } = await handler(fastifyAdapter.sessionOf(sessions, request), asked)
        reply.status(status).headers(headers as { [name: string]: string })
        return reply.send(status === 204 || status === 304 ? undefined : typeof body === 'string' ? body : Readable.from(body))
      })
    },
    { prefix },
  )
}

export const fastifySubject: AdapterSubject = {
  openStore: () => memoryStore(),
  believesProxies: true,
  async start(sessions, handler, options) {
    const app = fastify({ forceCloseConnections: true, trustProxy: options.behindProxy ? 'loopback' : false })
    fastifyHandler(app, sessions, handler, options)
    const origin = await app.listen({ port: 0, host: '127.0.0.1' })
    return { origin, close: () => app.close() }
  },
}
