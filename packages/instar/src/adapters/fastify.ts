import type { IncomingMessage, ServerResponse } from 'node:http'
import type {} from 'fastify' // for the types below; nothing of it is loaded
import { InstarError } from '../core/errors.ts'
import { applyCommit, type CommitResult, type RequestLike } from '../core/http.ts'
import { type Session, unitOf } from '../core/session.ts'
import { openNow, policyOf, type SessionManager } from '../core/session-manager.ts'
import type { DeclaredData, DeclaredUser } from '../core/types.ts'
import { CsrfGuard, type CsrfOptions } from '../csrf/guard.ts'
import { nodeRequest, originFrom } from './node-request.ts'
import { answerPlainly, holdHead } from './node-response.ts'
import { isProtective, withCommit } from './web-response.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The request's session; what it holds is said in `Instar.SessionData`. */
    readonly session: Session<DeclaredData, DeclaredUser>
  }
}

export interface FastifyOptions {
  /** What the guard against forged requests allows beyond the default. */
  readonly csrf?: CsrfOptions
}

/** The part of a Fastify request that is used; Fastify 5. */
export interface FastifyRequestLike {
  readonly raw: object
  readonly protocol: string
  readonly host: string
  readonly originalUrl: string
  readonly body: unknown
}

/** The part of a Fastify reply that is used. */
export interface FastifyReplyLike {
  readonly raw: object
  readonly statusCode: number
  getHeader(name: string): unknown
  getHeaders(): object
  header(name: string, value: string): unknown
  removeHeader(name: string): unknown
}

/** The part of a Fastify instance that is used. */
export interface FastifyLike {
  hasRequestDecorator(name: string): boolean
  decorateRequest(name: string, accessors: { getter(): unknown; setter(value: unknown): void }): unknown
  addHook(name: 'onRequest' | 'preValidation', hook: (request: FastifyRequestLike, reply: FastifyReplyLike, done: (error?: Error) => void) => void): unknown
  addHook(
    name: 'onSend',
    hook: (request: FastifyRequestLike, reply: FastifyReplyLike, payload: unknown, done: (error: Error | null, payload?: unknown) => void) => void,
  ): unknown
}

/** What a request came to so far. */
interface Visit {
  readonly like: RequestLike
  readonly session: Session<object, unknown>
  /** Whether `onSend` has committed; else the answer was written to `reply.raw` directly. */
  isCommitted: boolean
}

/** Why a request has no session. */
const FAILURE = Symbol('instar.failure')

const VISIT = Symbol('instar.visit')
const NOTHING: CommitResult = { setCookie: [], personal: false, varies: false }

type Visited = object & { [VISIT]?: Visit; [FAILURE]?: { readonly error: unknown } }

/**
 * The plugin that gives each request its `request.session`, guards unsafe requests (by a token in the body once that is parsed), and commits in `onSend`, before the head of the response goes; also
 * where a route has hijacked its reply. A commit that fails takes Fastify's error path. To be registered before the routes that use a session: `app.register(instar(sessions))`.
 */
export function instar<Data extends object, User>(
  sessions: SessionManager<Data, User>,
  options: FastifyOptions = {},
): (fastify: FastifyLike, options: object, done: (error?: Error) => void) => void {
  const guard = new CsrfGuard(options.csrf)

  const open = (request: FastifyRequestLike, reply: FastifyReplyLike, done: (error?: Error) => void): void => {
    const fail = (error: unknown): void => {
      ;(request as Visited)[FAILURE] = { error }
      done(error as Error)
    }
    const start = (like: RequestLike, session: Session<object, unknown>): void => {
      const visit: Visit = { like, session, isCommitted: false }
      ;(request as Visited)[VISIT] = visit
      const response = reply.raw as ServerResponse
      const commit = (status: number) => (visit.isCommitted ? NOTHING : session.commit({ status }))
      holdHead(response, commit, (error) => answerPlainly(error, response))
      checked(done, () => guard.checkHeaders(like, session))
    }
    const like = nodeRequest(request.raw as IncomingMessage, request, fastifyOrigin, request.originalUrl)
    let opened: Session<object, unknown> | Promise<Session<object, unknown>>
    try {
      opened = openNow(sessions, like) as unknown as Session<object, unknown> | Promise<Session<object, unknown>>
    } catch (error) {
      return fail(error)
    }
    if (opened instanceof Promise) opened.then((session) => start(like, session), fail)
    else start(like, opened)
  }

  const plugin = (fastify: FastifyLike, _: object, done: (error?: Error) => void): void => {
    if (fastify.hasRequestDecorator('session'))
      return done(
        new InstarError('bad_option', 'request.session exists already. Use one session plugin: instar() once, and neither @fastify/session beside it.'),
      )
    fastify.decorateRequest('session', { getter: sessionOfThis, setter: refuseAssignment })

    fastify.addHook('onRequest', open)

    // By now the body is there, and the token that it may hold.
    fastify.addHook('preValidation', (request, _reply, done) => {
      const visit = (request as Visited)[VISIT]
      if (!visit) return done()
      checked(done, () => guard.check(visit.like, visit.session, (request.body as { _csrf?: unknown } | null | undefined)?._csrf))
    })

    fastify.addHook('onSend', (request, reply, payload, done) => {
      const visit = (request as Visited)[VISIT]
      if (!visit || visit.isCommitted) return done(null, payload)
      const response = payload instanceof Response ? payload : undefined // Its status and headers are the answer's, and would replace ours.
      const fail = (error: unknown): void => {
        abandon(payload)
        for (const name of Object.keys(reply.getHeaders())) if (!isProtective(name)) reply.removeHeader(name)
        done(error as Error)
      }
      const finish = (result: CommitResult): void => {
        let answer = payload
        try {
          visit.isCommitted = true
          if (response) answer = withCommit(response, result)
          else apply(reply, result)
        } catch (error) {
          return fail(error)
        }
        done(null, answer)
      }
      const result = visit.session.commit({ status: response?.status ?? reply.statusCode })
      if (result instanceof Promise) result.then(finish, fail)
      else finish(result)
    })
    done()
  }
  // As fastify-plugin does: the hooks hold for the whole application, not for a scope of the plugin's own.
  return Object.assign(plugin, {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: 'instar',
    [Symbol.for('plugin-meta')]: { name: 'instar', fastify: '5.x' },
  })
}

const fastifyOrigin = ({ protocol, host }: FastifyRequestLike): string => originFrom(protocol, host)

/** The session of a request, typed by the manager that opened it: for applications that do without the global types. */
export function sessionOf<Data extends object, User>(sessions: SessionManager<Data, User>, request: object): Session<Data, User> {
  const session = (request as Visited)[VISIT]?.session
  if (session && unitOf(session).policy === policyOf(sessions)) return session as never
  throw noSession()
}

/** Goes on when a check has passed, and fails the request when it throws; what comes after is not its affair. */
function checked(done: (error?: Error) => void, check: () => void): void {
  let failure: Error | undefined
  try {
    check()
  } catch (error) {
    failure = error as Error
  }
  done(failure)
}

/** Nobody reads the answer that is thrown away. */
function abandon(payload: unknown): void {
  if (payload instanceof Response) payload.body?.cancel().catch(() => {})
  else (payload as { destroy?(): void } | null)?.destroy?.()
}

function sessionOfThis(this: Visited): unknown {
  if (this[VISIT]) return this[VISIT].session
  if (this[FAILURE]) throw this[FAILURE].error // For an error handler that asks: it is told what went wrong, not that something is missing.
  throw noSession()
}

function noSession(): InstarError {
  return new InstarError('bad_option', 'The request has no session of this manager. Register instar(sessions) before the routes and hooks that use it.')
}

function refuseAssignment(): never {
  throw new InstarError('unknown_property', 'request.session was assigned. To end a session call await request.session.logout().')
}

function apply(reply: FastifyReplyLike, result: CommitResult): void {
  applyCommit(result, {
    get: (name) => reply.getHeader(name)?.toString(),
    set: (name, value) => void reply.header(name, value),
    append(name, value) {
      const existing = reply.getHeader(name)
      // Fastify itself collects cookies and would replace other headers.
      reply.header(name, existing === undefined || name === 'Set-Cookie' ? value : `${existing}, ${value}`)
    },
  })
}
