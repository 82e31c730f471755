import fastify, { type FastifyPluginCallback } from 'fastify'
import { type Actions, ASSET, type Served } from './application.ts'
import { KEEP_ALIVE } from './listening.ts'
import { routesOf } from './routes.ts'

export interface Plugin {
  readonly plugin: unknown
  readonly options?: object
}

/** The application on Fastify; a request, with what the plugins put on it, is what the actions see. */
export function onFastify<Seen>(plugins: readonly Plugin[], actions: Actions<Seen>, seed?: Served['seed']): Served {
  // TLS ends before the server, and libraries set their Secure cookies only where they know of it.
  const app = fastify({ trustProxy: '127.0.0.1', keepAliveTimeout: KEEP_ALIVE })
  for (const { plugin, options = {} } of plugins) app.register(plugin as FastifyPluginCallback, options)
  app.register((routes, _, done) => {
    routes.get('/asset', async (_request, reply) => reply.type('text/css; charset=utf-8').send(ASSET))
    for (const { method, path, answer } of routesOf(actions))
      routes[method](path, async (request) => answer(request as Seen, (name) => String(request.headers[name])))
    done()
  })
  return {
    listen: async () => Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port),
    ...(seed && { seed }),
  }
}
