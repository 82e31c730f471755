import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express'
import type { Bank } from './bank.ts'
import { routesOf, type Visit } from './routes.ts'
import type { Listener } from './stack.ts'

/** How a stack on Express keeps who somebody is; the rest of the bank is the same for all of them. */
export type Habits = {
  readonly [act in keyof Visit]: (request: Request, ...given: Parameters<Visit[act]>) => ReturnType<Visit[act]>
} & {
  /** Middlewares, in their order: the session, and what belongs to it. */
  readonly uses: readonly RequestHandler[]
}

export function expressBank(bank: Bank, habits: Habits): Listener {
  const app = express()
  app.use(express.urlencoded({ extended: false }), ...habits.uses)
  const visitOf = (request: Request): Visit => ({
    shown: () => habits.shown(request),
    login: (user) => habits.login(request, user),
    logout: () => habits.logout(request),
    write: (key, value) => habits.write(request, key, value),
    setReturnTo: (path) => habits.setReturnTo(request, path),
    returnTo: () => habits.returnTo(request),
  })
  for (const { method, path, answer } of routesOf(bank))
    app[method](path, async (request, response, next) => {
      try {
        const answered = await answer(visitOf(request), { query: request.query as { [name: string]: string }, body: request.body ?? {} })
        if ('redirect' in answered) response.redirect(303, answered.redirect)
        else response.status(answered.status ?? 200).send(answered.html)
      } catch (error) {
        next(error)
      }
    })
  app.use((error: { status?: number; message: string }, _request: Request, response: Response, _next: NextFunction) => {
    response.status(error.status ?? 500).send(error.message)
  })
  return app
}
