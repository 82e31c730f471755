import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AtOnce } from '../core/at-once.ts'
import { InstarError } from '../core/errors.ts'
import type { RequestLike } from '../core/http.ts'
import type { Duration } from '../core/lifetime.ts'
import { type Session, unitOf } from '../core/session.ts'
import { openNow, policyOf, type SessionManager } from '../core/session-manager.ts'
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
    const like = nodeRequest(request, request, expressOrigin, request.originalUrl)
    let opened: AtOnce<Session<Data, User>>
    try {
      opened = openNow(sessions, like)
    } catch (error) {
      return refuse(request, next, error)
    }
    if (!(opened instanceof Promise)) return start(guard, like, opened, request, response, next)
    opened.then(
      (session) => start(guard, like, session, request, response, next),
      (error) => refuse(request, next, error),
    )
  }
}

function start<Data extends object, User>(
  guard: CsrfGuard,
  like: RequestLike,
  session: Session<Data, User>,
  request: ExpressRequest,
  response: ServerResponse,
  next: Next,
): void {
  attach(request, { session })
  holdHead(response, (status) => session.commit({ status }), next)
  try {
    guard.check(like, session, (request.body as { _csrf?: unknown } | undefined)?._csrf)
  } catch (error) {
    return next(error)
  }
  next()
}

function refuse(request: ExpressRequest, next: Next, error: unknown): void {
  attach(request, { error })
  next(error)
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

/** What became of opening the session of a request. */
type Opened = { readonly session: { readonly handle: string | null } } | { readonly error: unknown }

const OPENED = Symbol('instar.opened')

function openedOf(request: object): { readonly handle: string | null } {
  const opened = (request as { readonly [OPENED]: Opened })[OPENED]
  if ('error' in opened) throw opened.error
  return opened.session
}

/** The same for all requests: with accessors of its own each request would become an object that engines are slow with. */
const SESSION: PropertyDescriptor = {
  configurable: true,
  enumerable: true,
  get(this: object) {
    return openedOf(this)
  },
  set() {
    throw new InstarError('unknown_property', 'req.session was assigned. To end a session call await req.session.logout().')
  },
}
const SESSION_ID: PropertyDescriptor = {
  configurable: true,
  enumerable: true,
  get(this: object) {
    return openedOf(this).handle ?? undefined
  },
}

function attach(request: IncomingMessage, opened: Opened): void {
  ;(request as { [OPENED]?: Opened })[OPENED] = opened
  Object.defineProperty(request, 'session', SESSION)
  Object.defineProperty(request, 'sessionID', SESSION_ID)
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
