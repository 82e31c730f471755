import express, { type RequestHandler } from 'express'
import { type Actions, ASSET, type Served, type Setting } from './application.ts'
import { listening } from './listening.ts'
import { routesOf } from './routes.ts'

/** The application on Express; a request, with what the middlewares put on it, is what the actions see. */
export function onExpress<Seen>(setting: Setting, uses: readonly unknown[], actions: Actions<Seen>, seed?: Served['seed']): Served {
  const app = express()
  app.set('trust proxy', 1) // TLS ends before the server, and libraries set their Secure cookies only where they know of it.
  for (const use of uses) app.use(use as RequestHandler)
  for (let n = 0; n < setting.middlewares; n++) app.use((_req, _res, next) => next())
  app.get('/asset', (_req, res) => {
    res.type('css').send(ASSET)
  })
  for (const { method, path, answer } of routesOf(actions)) {
    app[method](path, async (req, res) => {
      res.json(await answer(req as Seen, (name) => String(req.headers[name])))
    })
  }
  return listening((port, host, done) => app.listen(port, host, done), seed)
}
