import { serve } from '@hono/node-server'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { type Actions, ASSET, type Served } from './application.ts'
import { listening } from './listening.ts'
import { routesOf } from './routes.ts'

/** The application on Hono; `see` finds in a context what the actions see. */
export function onHono<Seen>(uses: readonly unknown[], see: (c: Context) => Seen, actions: Actions<Seen>, seed?: Served['seed']): Served {
  const app = new Hono()
  for (const use of uses) app.use(use as MiddlewareHandler)
  app.get('/asset', (c) => c.body(ASSET, 200, { 'Content-Type': 'text/css; charset=utf-8' }))
  for (const { method, path, answer } of routesOf(actions)) app[method](path, async (c) => c.json(await answer(see(c), (name) => c.req.header(name) ?? '')))
  return listening((port, hostname, done) => serve({ fetch: app.fetch, port, hostname }, done), seed)
}

/** What a middleware has put where they all put it, by the type of this one's. */
export const sessionIn = <Session>(c: Context): Session => c.get('session') as unknown as Session
