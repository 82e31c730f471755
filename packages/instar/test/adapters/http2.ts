import { once } from 'node:events'
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants, createServer, type IncomingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import fastify from 'fastify'
import { withSession } from 'instar/adapters/node'
import { memoryStore } from 'instar/stores/memory'
import type { AdapterSubject } from 'instar/testing'
import { fastifyHandler } from './frameworks.ts'
import { pathOf, writeAnswer } from './harness.ts'

type Fetch = NonNullable<Awaited<ReturnType<AdapterSubject['start']>>['fetch']>

/** A `fetch` over one cleartext HTTP/2 connection. */
function http2Fetch(origin: string): { fetch: Fetch; close(): void } {
  let client: ClientHttp2Session | undefined
  const session = (): ClientHttp2Session => {
    if (!client || client.closed || client.destroyed) client = connect(origin).on('error', () => {})
    return client
  }
  return {
    async fetch(url, { method, headers, body, signal }) {
      const { pathname, search } = new URL(url)
      const stream = session().request({ ':method': method, ':path': pathname + search, ...headers })
      signal?.addEventListener('abort', () => stream.close(constants.NGHTTP2_CANCEL))
      stream.end(body)
      const [head] = (await Promise.race([once(stream, 'response'), once(stream, 'close').then(gone)])) as [IncomingHttpHeaders]
      return responseOf(stream, head, method)
    },
    close: () => client?.destroy(),
  }
}

function gone(): never {
  throw new Error('The stream was closed.')
}

function responseOf(stream: ClientHttp2Stream, head: IncomingHttpHeaders, method: string): Response {
  const headers = new Headers()
  for (const [name, value] of Object.entries(head)) if (!name.startsWith(':')) for (const each of [value ?? []].flat()) headers.append(name, each)
  const status = Number(head[':status'])
  const isBare = status === 204 || status === 304 || method === 'HEAD'
  if (isBare) stream.resume()
  return new Response(isBare ? null : (Readable.toWeb(stream) as ReadableStream<Uint8Array>), { status, headers })
}

export const http2Adapter: AdapterSubject = {
  openStore: () => memoryStore(),
  async start(sessions, handler, options) {
    const listener = withSession(
      sessions,
      async (request, response, session) =>
        writeAnswer(response, await handler(session, { method: request.method ?? '', path: pathOf(request.url, options.prefix) })),
      options,
    )
    const server = createServer((request, response) => listener(request as never, response as never))
    const connections = new Set<{ destroy(): void }>()
    server.on('session', (connection) => connections.add(connection))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const client = http2Fetch(origin)
    return {
      origin,
      fetch: client.fetch,
      async close() {
        client.close()
        for (const connection of connections) connection.destroy()
        server.close()
        await once(server, 'close')
      },
    }
  },
}

export const fastifyHttp2: AdapterSubject = {
  believesProxies: true,
  openStore: () => memoryStore(),
  async start(sessions, handler, options) {
    const app = fastify({ http2: true, forceCloseConnections: true, trustProxy: options.behindProxy ? 'loopback' : false })
    fastifyHandler(app as never, sessions, handler, options)
    const origin = await app.listen({ port: 0, host: '127.0.0.1' })
    const client = http2Fetch(origin)
    return {
      origin,
      fetch: client.fetch,
      async close() {
        client.close()
        await app.close()
      },
    }
  },
}
