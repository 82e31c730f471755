import type { IncomingMessage, ServerResponse } from 'node:http'
import type {} from 'koa' // for the types below; nothing of it is loaded
import { InstarError } from '../core/errors.ts'
import { type Session, unitOf } from '../core/session.ts'
import { openNow, policyOf, type SessionManager } from '../core/session-manager.ts'
import type { DeclaredData, DeclaredUser } from '../core/types.ts'
import { CsrfGuard, type CsrfOptions } from '../csrf/guard.ts'
import { nodeRequest, originFrom } from './node-request.ts'
import { holdHead } from './node-response.ts'

declare module 'koa' {
  interface ExtendableContext {
    /** The request's session; what it holds is said in `Instar.SessionData`. */
    readonly session: Session<DeclaredData, DeclaredUser>
  }
}

export interface KoaOptions {
  /** What the guard against forged requests allows beyond the default. */
  readonly csrf?: CsrfOptions
}

/** The part of a Koa context that is used; Koa 2 and 3. */
export interface KoaContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly request: object
  readonly protocol: string
  readonly host: string
  readonly originalUrl: string
  readonly status: number
  readonly writable: boolean
  onerror(error: Error): void
}

/** A middleware, by structure, so that no types of Koa are needed. */
export type KoaMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<void>

/**
 * The middleware that gives each request its `ctx.session`, guards unsafe requests, and commits before the head of the response goes, also of one that is written to `ctx.res`
 * directly. A commit that fails takes Koa's error path (`ctx.onerror`). Goes before everything that uses a session, after the body parser, and after what compresses.
 */
export function instar<Data extends object, User>(sessions: SessionManager<Data, User>, options: KoaOptions = {}): KoaMiddleware {
  const guard = new CsrfGuard(options.csrf)
  return async (context, next) => {
    const shared = Object.getPrototypeOf(context) as Shared
    if (!Object.hasOwn(shared, PREPARED)) prepare(shared)
    if ((context as Visited)[SESSION] !== undefined || Object.hasOwn(context, 'session')) throw twoOfUs()
    const request = nodeRequest(context.req, context, koaOrigin, context.originalUrl)
    const opened = openNow(sessions, request)
    const session = opened instanceof Promise ? await opened : opened
    ;(context as Visited)[SESSION] = session
    holdHead(
      context.res,
      (status) => session.commit({ status }),
      (error) => context.onerror(error as Error),
    )
    guard.check(request, session, (context.request as { readonly body?: { _csrf?: unknown } }).body?._csrf)
    await next()
    // Koa 2 ends no answer that nobody waits for any more, and what was written would wait for its head for good.
    const { headersSent, writableEnded } = context.res
    if (!context.writable && !headersSent && !writableEnded) await session.commit({ status: context.status })
  }
}

const koaOrigin = ({ protocol, host }: KoaContext): string => originFrom(protocol, host)

type Shared = Pick<KoaContext, 'onerror'> & { [PREPARED]?: true; session?: unknown }

const PREPARED = Symbol('instar.prepared')

/** Once for each application, what all of its contexts inherit: with accessors and methods of its own each would become an object that engines are slow with. */
function prepare(shared: Shared): void {
  if ('session' in shared) throw twoOfUs()
  Object.defineProperty(shared, 'session', SESSION_ACCESSORS)
  const { onerror } = shared
  /** Koa 2 leaves a connection open whose body broke off after the head was gone, and the client waits for the rest. */
  shared.onerror = function (this: KoaContext & Visited, error) {
    onerror.call(this, error)
    if (error && this[SESSION] !== undefined && this.res.headersSent && !this.res.writableEnded) this.res.destroy()
  }
  shared[PREPARED] = true
}

const twoOfUs = (): InstarError =>
  new InstarError('bad_option', 'ctx.session exists already. Use one session middleware: instar() once, and neither koa-session beside it.')

/** The session of a request, typed by the manager that opened it: for applications that do without the global types. */
export function sessionOf<Data extends object, User>(sessions: SessionManager<Data, User>, context: object): Session<Data, User> {
  const { session } = context as { session?: Session<Data, User> }
  if (session && unitOf(session).policy === policyOf(sessions)) return session
  throw new InstarError('bad_option', 'The request has no session of this manager. Put app.use(instar(sessions)) before the route.')
}

const SESSION = Symbol('instar.session')

type Visited = object & { [SESSION]?: unknown }

const SESSION_ACCESSORS: PropertyDescriptor = {
  configurable: true,
  enumerable: true,
  get(this: Visited) {
    return this[SESSION]
  },
  set(this: Visited, value) {
    // A route that instar() does not stand before has its own.
    if (this[SESSION] === undefined) return void Object.defineProperty(this, 'session', { value, writable: true, configurable: true, enumerable: true })
    throw new InstarError('unknown_property', 'ctx.session was assigned. To end a session call await ctx.session.logout().')
  },
}
