import type { IncomingMessage, ServerResponse } from 'node:http'
import { InstarError } from '../core/errors.ts'
import type { Duration } from '../core/lifetime.ts'
import { type Session, unitOf } from '../core/session.ts'
import { policyOf, type SessionManager } from '../core/session-manager.ts'
import type { DeclaredData, DeclaredUser } from '../core/types.ts'
import { CsrfGuard, type CsrfOptions } from '../csrf/guard.ts'
import { nodeRequest, originFrom } from './node-request.ts'
import { holdHead } from './node-response.ts'

export interface InstarOptions {
  /** What the guard against forged requests allows beyond the default. */
  readonly csrf?: CsrfOptions
}

/** The part of an Express request that is read; Express 4 and 5. */
export interface ExpressRequest extends IncomingMessage {
  readonly originalUrl?: string
  readonly protocol?: string
  readonly body?: unknown
  readonly app?: unknown
}

type Next = (error?: unknown) => void

/** A middleware, by structure, so that no types of Express are needed. */
export type ExpressMiddleware = (request: ExpressRequest, response: ServerResponse, next: Next) => void

/**
 * The middleware that gives each request its `req.session` (and `req.sessionID`, the public handle), guards unsafe requests, and commits before the head of the
 * response goes. A commit that fails takes Express's error path. Goes before everything that uses a session, and after static files,
 * the body parser and `compression`. Error handlers that hear of a failed commit should read `originalUrl`, since routers may have shortened `url`.
 */
export function instar<Data extends object, User>(sessions: SessionManager<Data, User>, options: InstarOptions = {}): ExpressMiddleware {
  const guard = new CsrfGuard(options.csrf)
  return (request, response, next) => {
    if (Object.hasOwn(request, 'session'))
      return next(
        new InstarError(
          'bad_option',
          'req.session exists already. Use one session middleware: instar() once, and neither express-session nor cookie-session beside it.',
        ),
      )
    const like = nodeRequest(request, expressOrigin(request), request.originalUrl)
    const start = (session: Session<Data, User>): void => {
      attach(request, () => session)
      holdHead(response, (status) => session.commit({ status }), next)
      try {
        guard.check(like, session, (request.body as { _csrf?: unknown } | undefined)?._csrf)
      } catch (error) {
        return next(error)
      }
      next()
    }
    const refuse = (error: unknown): void => {
      attach(request, () => {
        throw error
      })
      next(error)
    }
    sessions.open(like).then(start, refuse)
  }
}

/** The session of a request, typed by the manager that opened it: for applications that do without the global types. */
export function sessionOf<Data extends object, User>(sessions: SessionManager<Data, User>, request: IncomingMessage): Session<Data, User> {
  const session = (request as { session?: Session<Data, User> }).session
  if (session && unitOf(session).policy === policyOf(sessions)) return session
  throw new InstarError('bad_option', 'The request has no session of this manager. Put app.use(instar(sessions)) before the route.')
}

export interface RequireUserOptions {
  /** Where a person who opens a page without being logged in is sent; the page is remembered for `returnTo`. Default none: a 401. */
  readonly loginUrl?: string
}

/** Lets a request pass when somebody is logged in, whose account was checked if `loadUser` is given; else the login page, or `login_required` (401). */
export function requireUser({ loginUrl }: RequireUserOptions = {}): ExpressMiddleware {
  return gate((session) => session.requireUser(), loginUrl)
}

export interface RequireFreshOptions {
  /** How old the last proof of identity may be. */
  readonly maxAge: Duration
  /** By which method it must have been made. Default any. */
  readonly method?: string
  /** Where a person is sent to confirm who they are; a page that was opened is remembered for `returnTo`. Default none: a 401 or 403. */
  readonly confirmUrl?: string
}

/** Lets a request pass when the user proved who they are a short while ago; else the page to confirm it, or `fresh_login_required` (403). */
export function requireFresh({ confirmUrl, ...fresh }: RequireFreshOptions): ExpressMiddleware {
  return gate((session) => session.requireFresh(fresh), confirmUrl)
}

function gate(check: (session: Session) => Promise<unknown>, elsewhere: string | undefined): ExpressMiddleware {
  return (request, response, next) => {
    const { session } = request as { session?: Session<DeclaredData, DeclaredUser> }
    if (!session) return next(new InstarError('bad_option', 'The request has no session. Put app.use(instar(sessions)) before the route.'))
    const refuse = (error: unknown): void => {
      const isAboutLogin = error instanceof InstarError && (error.code === 'login_required' || error.code === 'fresh_login_required')
      if (!isAboutLogin || elsewhere === undefined || !isPage(request) || response.headersSent) return next(error)
      try {
        session.setReturnTo(request.originalUrl ?? '/')
        response.writeHead(303, { Location: elsewhere }).end()
      } catch (another) {
        next(another)
      }
    }
    check(session).then(() => next(), refuse)
  }
}

/** A page that a person opened, as opposed to what a script fetched or a form sent. */
function isPage(request: IncomingMessage): boolean {
  return (request.method === 'GET' || request.method === 'HEAD') && (request.headers.accept ?? '').includes('text/html')
}

function attach(request: IncomingMessage, session: () => { readonly handle: string | null }): void {
  const set = (): never => {
    throw new InstarError('unknown_property', 'req.session was assigned. To end a session call await req.session.logout().')
  }
  Object.defineProperties(request, {
    session: { configurable: true, enumerable: true, get: session, set },
    sessionID: { configurable: true, enumerable: true, get: () => session().handle ?? undefined },
  })
}

/** The origin as Express sees it through the proxies that it trusts; both majors, the port included. */
function expressOrigin(request: ExpressRequest): string {
  const trusts = (request.app as { get?(name: string): unknown } | undefined)?.get?.('trust proxy fn') as
    | ((address: string | undefined, hop: number) => boolean)
    | undefined
  const forwarded = trusts?.(request.socket.remoteAddress, 0) ? request.headers['x-forwarded-host'] : undefined
  const host = forwarded === undefined ? request.headers.host : forwarded.toString().split(',', 1)[0]?.trim()
  return originFrom(request.protocol ?? 'http', host)
}
