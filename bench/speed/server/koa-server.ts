import Koa, { type Middleware } from 'koa'
import { type Actions, ASSET, type Served } from './application.ts'
import { listening } from './listening.ts'
import { tableOf } from './routes.ts'

/** The application on Koa; a context, with what the middlewares put on it, is what the actions see. */
export function onKoa<Seen>(uses: (app: Koa) => readonly unknown[], actions: Actions<Seen>, seed?: Served['seed']): Served {
  const app = new Koa()
  app.proxy = true // TLS ends before the server, and libraries set their Secure cookies only where they know of it.
  for (const use of uses(app)) app.use(use as Middleware)
  const answers = tableOf(actions)
  app.use(async (ctx) => {
    if (ctx.path === '/asset') {
      ctx.type = 'css'
      ctx.body = ASSET
      return
    }
    const answer = answers.get(`${ctx.method} ${ctx.path}`)
    if (answer) ctx.body = await answer(ctx as Seen, (name) => ctx.get(name))
  })
  return listening((port, host, done) => app.listen(port, host, done), seed)
}
