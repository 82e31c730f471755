import { Hono } from 'hono'
import * as honoAdapter from 'instar/adapters/hono'
import { withSession } from 'instar/adapters/web'
import { memoryStore } from 'instar/stores/memory'
import type { AdapterAnswer, AdapterSubject } from 'instar/testing'

/** Serves web-standard requests on a free port of the loopback address, by the means of a runtime. */
export type Serve = (fetch: (request: Request) => Response | Promise<Response>) => ReturnType<AdapterSubject['start']>

/** A web response of an answer of the suite. */
export function responseOf({ status = 200, headers = {}, body = '' }: AdapterAnswer): Response {
  const answer = new Headers()
  for (const [name, value] of Object.entries(headers)) for (const each of [value].flat()) answer.append(name, each as string)
  const content = typeof body === 'string' ? body : streamed(body)
  return new Response(status === 204 || status === 304 ? null : (content as ConstructorParameters<typeof Response>[0]), { status, headers: answer })
}

function streamed(parts: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const pieces = parts[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next()
      if (done) controller.close()
      else controller.enqueue(new TextEncoder().encode(value))
    },
    cancel: async () => void (await pieces.return?.()),
  })
}

const failedWith = (error: unknown): Response => {
  const { status = 500, code = 'unknown' } = error as { status?: number; code?: string }
  return new Response(`failed: ${code}`, { status })
}

const pathOf = (request: Request, prefix: string): string => new URL(request.url).pathname.slice(prefix.length)

export const webSubject = (serve: Serve): AdapterSubject => ({
  openStore: () => memoryStore(),
  start: (sessions, handler, { csrf = {}, prefix = '' }) =>
    serve(
      withSession(sessions, async (request, session) => responseOf(await handler(session, { method: request.method, path: pathOf(request, prefix) })), {
        csrf,
        onError: failedWith,
      }),
    ),
})

export const honoSubject = (serve: Serve): AdapterSubject => ({
  openStore: () => memoryStore(),
  start(sessions, handler, { csrf = {}, prefix = '' }) {
    const app = new Hono()
    app.use(honoAdapter.instar(sessions, { csrf }))
    app.all('*', async (context) =>
      responseOf(await handler(honoAdapter.sessionOf(sessions, context), { method: context.req.method, path: pathOf(context.req.raw, prefix) })),
    )
    app.onError(failedWith)
    return serve(prefix === '' ? app.fetch : new Hono().onError(failedWith).route(prefix, app).fetch)
  },
})
