import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { ROOT } from '../../scripts/run.ts'
import { type Application, revive } from './sequence.ts'
import { type Middleware, type Next, requireHere, type SessionRequest } from './subjects.ts'

export type Listener = (request: IncomingMessage, response: ServerResponse) => void

interface ExpressApplication extends Listener {
  use(...handlers: (string | Middleware | ErrorHandler)[]): void
  set(name: string, value: unknown): void
}
type ErrorHandler = (error: unknown, request: SessionRequest, response: ServerResponse, next: Next) => void

const EXPRESS = {
  express5: requireHere('express') as () => ExpressApplication,
  express4: createRequire(join(ROOT, 'package.json'))('express4') as () => ExpressApplication,
}

/** The parts of an application, in their order; errors go to the last. */
export interface Parts {
  readonly sessions: readonly Middleware[]
  readonly handler: Middleware
  readonly onError: ErrorHandler
}

/** A listener for node:http that runs them as the kind of application does. */
export function listenerOf({ kind, trustProxy, cookieParser, mount }: Application, { sessions, handler, onError }: Parts): Listener {
  const before: Middleware[] = []
  if (cookieParser !== undefined) before.push((requireHere('cookie-parser') as (secret: unknown) => Middleware)(revive(cookieParser)))
  if (kind === 'node') return chain([...before, ...sessions, handler], onError)
  const app = EXPRESS[kind]()
  app.set('x-powered-by', false)
  app.set('env', 'test')
  if (trustProxy !== undefined) app.set('trust proxy', trustProxy)
  for (const middleware of before) app.use(middleware)
  for (const middleware of sessions) app.use(mount ?? '/', middleware)
  app.use(handler)
  app.use(onError)
  return app
}

function chain(middlewares: readonly Middleware[], onError: ErrorHandler): Listener {
  return (request, response) => {
    const run = (index: number, error?: unknown): void => {
      if (error) return onError(error, request as SessionRequest, response, () => {})
      middlewares[index]?.(request as SessionRequest, response, (error) => run(index + 1, error))
    }
    run(0)
  }
}
