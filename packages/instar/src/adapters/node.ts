import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Session } from '../core/session.ts'
import { openNow, type SessionManager } from '../core/session-manager.ts'
import { CsrfGuard, type CsrfOptions } from '../csrf/guard.ts'
import { connectionOrigin, nodeRequest } from './node-request.ts'
import { answerPlainly, holdHead } from './node-response.ts'

export interface NodeOptions {
  /** What the guard against forged requests allows beyond the default. */
  readonly csrf?: CsrfOptions
  /** Answers a request that failed. Default a line of text with the error's status. A failure after the answer has begun is printed, and the connection ends. */
  readonly onError?: (error: unknown, request: IncomingMessage, response: ServerResponse) => unknown
}

/** A handler of `node:http` that is also given the request's session. */
export type SessionHandler<Data extends object, User> = (request: IncomingMessage, response: ServerResponse, session: Session<Data, User>) => unknown

/**
 * A request listener for `node:http` whose handler is given the session. The head of the response waits until the session is committed; a commit that
 * fails, a request that the guard refuses, and what the handler throws go to `onError`. Behind a proxy set the manager's `origin`.
 */
export function withSession<Data extends object, User>(
  sessions: SessionManager<Data, User>,
  handler: SessionHandler<Data, User>,
  options: NodeOptions = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  const guard = new CsrfGuard(options.csrf)
  const answerError = options.onError ?? ((error, _, response) => answerPlainly(error, response))
  return (incoming, response) => {
    const fail = async (error: unknown): Promise<void> => {
      try {
        if (!response.headersSent) return void (await answerError(error, incoming, response))
        console.error(error) // Nobody can be answered any more, so nobody else would hear of it.
        response.destroy()
      } catch (another) {
        console.error(another)
        response.destroy()
      }
    }
    const request = nodeRequest(incoming, incoming, connectionOrigin)
    const start = (session: Session<Data, User>): unknown => {
      holdHead(response, (status) => session.commit({ status }), fail)
      guard.check(request, session)
      return handler(incoming, response, session)
    }
    try {
      const opened = openNow(sessions, request)
      const handled = opened instanceof Promise ? opened.then(start) : start(opened)
      if (isThenable(handled)) handled.then(undefined, fail)
    } catch (error) {
      void fail(error)
    }
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> => typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
