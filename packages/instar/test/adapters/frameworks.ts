import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { type ServerType, serve } from '@hono/node-server'
import fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import { Hono } from 'hono'
import * as fastifyAdapter from 'instar/adapters/fastify'
import * as honoAdapter from 'instar/adapters/hono'
import * as koaAdapter from 'instar/adapters/koa'
import { withSession } from 'instar/adapters/web'
import { memoryStore } from 'instar/stores/memory'
import type { AdapterAnswer, AdapterSubject } from 'instar/testing'
import Koa from 'koa'
// @ts-expect-error: the types are those of Koa 3, for the calls that both have
import Koa2 from 'koa2'
import { listen } from './harness.ts'

const pathOf = (url: string): string => url.replace(/^https?:\/\/[^/]+/, '').split('?', 1)[0] as string

/** A web response of an answer of the suite. */
export function responseOf({ status = 200, headers = {}, body = '' }: AdapterAnswer): Response {
  const answer = new Headers()
  for (const [name, value] of Object.entries(headers)) for (const each of [value].flat()) answer.append(name, each as string)
  const content = typeof body === 'string' ? body : ReadableStream.from(encoded(body))
  return new Response(status === 204 || status === 304 ? null : (content as ConstructorParameters<typeof Response>[0]), { status, headers: answer })
}

async function* encoded(parts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const part of parts) yield new TextEncoder().encode(part)
}

/** Serves web-standard requests on Node. */
async function listenWeb(fetch: (request: Request) => Response | Promise<Response>): Promise<{ origin: string; close(): Promise<void> }> {
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

export const webAdapter: AdapterSubject = {
  openStore: () => memoryStore(),
  start: (sessions, handler, options) =>
    listenWeb(
      withSession(sessions, async (request, session) => responseOf(await handler(session, { method: request.method, path: pathOf(request.url) })), {
        ...options,
        onError: failedWith,
      }),
    ),
}

function failedWith(error: unknown): Response {
  const { status = 500, code = 'unknown' } = error as { status?: number; code?: string }
  return new Response(`failed: ${code}`, { status })
}

export const honoSubject: AdapterSubject = {
  openStore: () => memoryStore(),
  start(sessions, handler, options) {
    const app = new Hono()
    app.use(honoAdapter.instar(sessions, options))
    app.all('*', async (context) => responseOf(await handler(honoAdapter.sessionOf(sessions, context), { method: context.req.method, path: context.req.path })))
    app.onError(failedWith)
    return listenWeb(app.fetch)
  },
}

export const koas: { readonly [name: string]: typeof Koa } = { 'Koa 3': Koa, 'Koa 2': Koa2 }

export const koaSubject = (Make: typeof Koa): AdapterSubject => ({
  openStore: () => memoryStore(),
  start(sessions, handler, options) {
    const app = new Make()
    app.silent = true
    app.use(koaAdapter.instar(sessions, options))
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
  app.register(fastifyAdapter.instar(sessions, options))
  app.setErrorHandler((error: FastifyError & { status?: number }, _request, reply) => {
    reply.status(error.status ?? 500).send(`failed: ${error.code ?? 'unknown'}`)
  })
  app.all('/*', async (request, reply) => {
    const asked = { method: request.method, path: pathOf(request.url) }
    const { status = 200, headers = {}, body = '' } = await handler(fastifyAdapter.sessionOf(sessions, request), asked)
    reply.status(status).headers(headers as { [name: string]: string })
    return reply.send(status === 204 || status === 304 ? undefined : typeof body === 'string' ? body : Readable.from(body))
  })
}

export const fastifySubject: AdapterSubject = {
  openStore: () => memoryStore(),
  async start(...start) {
    const app = fastify({ forceCloseConnections: true })
    fastifyHandler(app, ...start)
    const origin = await app.listen({ port: 0, host: '127.0.0.1' })
    return { origin, close: () => app.close() }
  },
}
