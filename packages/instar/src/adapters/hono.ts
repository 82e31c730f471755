import type {} from 'hono' // for the types below; nothing of it is loaded
import { InstarError } from '../core/errors.ts'
import type { CommitResult, RequestLike } from '../core/http.ts'
import { type Session, unitOf } from '../core/session.ts'
import { openNow, policyOf, type SessionManager } from '../core/session-manager.ts'
import type { DeclaredData, DeclaredUser } from '../core/types.ts'
import { CsrfGuard, type CsrfOptions } from '../csrf/guard.ts'
import { isProtective, withCommit } from './web-response.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** The request's session; what it holds is said in `Instar.SessionData`. */
    session: Session<DeclaredData, DeclaredUser>
  }
}

export interface HonoOptions {
  /** What the guard against forged requests allows beyond the default. */
  readonly csrf?: CsrfOptions
}

/** The part of a Hono context that is used; Hono 4. */
export interface HonoContext {
  readonly req: { readonly raw: Request }
  get res(): Response
  set res(response: Response | undefined)
  get(key: 'session'): unknown
  set(key: 'session', value: unknown): void
}

/** A middleware, by structure, so that no types of Hono are needed. */
export type HonoMiddleware = (context: HonoContext, next: () => Promise<void>) => Promise<void>

/**
 * The middleware that gives each request its `c.var.session`, guards unsafe requests, and commits before the response is given back. A commit that fails, and a request that the
 * guard refuses, take Hono's error path; without an `onError` they are answered with their status. Behind a proxy set the manager's `origin`, since Hono believes no `X-Forwarded-*`.
 */
export function instar<Data extends object, User>(sessions: SessionManager<Data, User>, options: HonoOptions = {}): HonoMiddleware {
  const guard = new CsrfGuard(options.csrf)
  return async (context, next) => {
    if (context.get('session') !== undefined)
      throw new InstarError('bad_option', 'c.var.session exists already. Use one session middleware: instar() once, and no other beside it.')
    const request: RequestLike = context.req.raw
    const opened = openNow(sessions, request)
    const session = opened instanceof Promise ? await opened : opened
    context.set('session', session)
    try {
      guard.check(request, session)
      await next() // What a handler throws, Hono has answered by then.
      const result = session.commit({ status: context.res.status })
      apply(context, result instanceof Promise ? await result : result)
    } catch (error) {
      const kept = new Headers([...context.res.headers].filter(([name]) => isProtective(name)))
      context.res.body?.cancel().catch(() => {})
      context.res = undefined
      // The cookie of a login that was stored leaves even now: Hono takes these headers over into the error's answer.
      const result = await Promise.resolve(session.commit({ status: statusOf(error) })).catch(() => session.commit({ status: 500 }))
      context.res = new Response(null, { headers: kept })
      apply(context, result)
      throw error
    }
  }
}

/** The session of a request, typed by the manager that opened it: for applications that do without the global types. */
export function sessionOf<Data extends object, User>(sessions: SessionManager<Data, User>, context: { get(key: 'session'): unknown }): Session<Data, User> {
  const session = context.get('session') as Session<Data, User> | undefined
  if (session && unitOf(session).policy === policyOf(sessions)) return session
  throw new InstarError('bad_option', 'The request has no session of this manager. Put app.use(instar(sessions)) before the route.')
}

function apply(context: HonoContext, result: CommitResult): void {
  const { res } = context
  const answer = withCommit(res, result)
  if (answer === res) return
  context.res = undefined // Or Hono would take the headers of the one over into the other.
  context.res = answer
}

const statusOf = (error: unknown): number => (error instanceof InstarError ? error.status : 500)
