import { InstarError } from '../core/errors.ts'
import type { CommitResult } from '../core/http.ts'
import type { Session } from '../core/session.ts'
import type { SessionManager } from '../core/session-manager.ts'
import { CsrfGuard, type CsrfOptions } from '../csrf/guard.ts'
import { withCommit } from './web-response.ts'

export interface WebOptions {
  /** What the guard against forged requests allows beyond the default. */
  readonly csrf?: CsrfOptions
  /** Answers a request that failed. Default a line of text with the error's status; an error that is not Instar's is printed. */
  readonly onError?: (error: unknown, request: Request) => Response | Promise<Response>
}

/** A handler of web-standard requests that is also given the request's session, and what else the framework gives its handlers. */
export type WebHandler<Data extends object, User, Rest extends readonly unknown[], Asked extends Request = Request> = (
  request: Asked,
  session: Session<Data, User>,
  ...rest: Rest
) => Response | Promise<Response>

/**
 * A handler `(Request) => Response` whose inner handler is given the session: for Bun.serve, Deno.serve, workers, the route handlers of Next.js, and as the hook of SvelteKit or
 * the middleware of React Router. The session is committed before the response is given back; a `Response` that the handler throws counts as its answer. A commit that fails, a
 * request that the guard refuses, and what the handler throws go to `onError`. Behind a proxy set the manager's `origin`.
 */
export function withSession<Data extends object, User, Rest extends readonly unknown[] = [], Asked extends Request = Request>(
  sessions: SessionManager<Data, User>,
  handler: WebHandler<Data, User, Rest, Asked>,
  options: WebOptions = {},
): (request: Asked, ...rest: Rest) => Promise<Response> {
  const guard = new CsrfGuard(options.csrf)
  const answerError = async (error: unknown, request: Request): Promise<Response> => {
    try {
      const answer = await options.onError?.(error, request)
      if (answer) return answer
      if (error instanceof InstarError) return error.getResponse()
      console.error(error)
    } catch (another) {
      console.error(another)
    }
    return new Response('The request failed.', { status: 500, headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' } })
  }

  return async (request, ...rest) => {
    let session: Session<Data, User>
    try {
      session = await sessions.open(request)
    } catch (error) {
      return answerError(error, request)
    }
    let response: Response | undefined
    try {
      guard.check(request, session)
      response = await answerOf(() => handler(request, session, ...rest))
      if (!response) return await withoutAnswer(session, response)
      return withCommit(response, await session.commit({ status: response.status }))
    } catch (error) {
      abandon(response)
      const answer = await answerError(error, request)
      return withCommit(answer, await lastCommit(session, answer.status))
    }
  }
}

async function answerOf(work: () => Response | Promise<Response>): Promise<Response> {
  try {
    return await work()
  } catch (thrown) {
    if (thrown instanceof Response) return thrown
    throw thrown
  }
}

/** Of a handler that gives none because it took the connection over, as after `server.upgrade()` of Bun. */
async function withoutAnswer<Data extends object, User>(session: Session<Data, User>, nothing: Response): Promise<Response> {
  await session.commit({ status: 101 })
  return nothing
}

/** Nobody reads the answer that is thrown away; what produces it is told. */
function abandon(response: Response | undefined): void {
  if (response?.body && !response.bodyUsed) response.body.cancel().catch(() => {})
}

/** The headers of the error's answer: the cookie of a login that was stored leaves even now. */
async function lastCommit<Data extends object, User>(session: Session<Data, User>, status: number): Promise<CommitResult> {
  try {
    return await session.commit({ status })
  } catch {
    return session.commit({ status: 500 })
  }
}
