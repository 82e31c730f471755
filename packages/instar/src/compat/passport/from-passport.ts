import type { AuthResult, Strategy } from '../../auth/strategy.ts'
import { attempt, type Outcome } from './attempt.ts'
import { draftOf, isSessionAccess } from './session-draft.ts'
import type { AuthenticateOptions, PassportStrategy } from './types.ts'

type HeaderFields = { readonly [name: string]: string | readonly string[] | undefined }

/** What a strategy of Passport is shown of a request, whatever the framework. */
export interface StrategyRequest {
  /** Absolute, or the path and query alone. */
  readonly url: string
  /** Default GET. */
  readonly method?: string | undefined
  /** Names in lower case, or a web `Headers`. */
  readonly headers: HeaderFields | Iterable<readonly [string, string]>
  /** `https` or `http`, where `url` is a path. Default `http`. */
  readonly protocol?: string | undefined
  /** Default: that of `url`. */
  readonly query?: unknown
  /** The parsed body. */
  readonly body?: unknown
  /** What else the strategy or its verify function reads of the request: `user`, `ip`, `cookies`. */
  readonly more?: Readonly<Record<string, unknown>> | undefined
  /** A session of Instar, or any object whose properties last: where strategies keep what they need between two requests. */
  readonly session?: object | null | undefined
}

export interface FromPassportOptions {
  /** Default: the strategy's own. */
  readonly name?: string | undefined
  /** What `passport.authenticate(name, options)` would pass to the strategy: `scope`, `prompt`, `state` and the like. */
  readonly options?: AuthenticateOptions | undefined
}

/**
 * Any strategy of Passport as a strategy of Instar, for every framework. A user is a `success`, for `session.login()`; `this.error()` and what the strategy throws reject. A strategy
 * that writes an answer of its own, other than a redirect, is refused by a rejection. One that redirects and has noted something in a session of Instar has begun a login: the session
 * moves to a new id. One that never decides leaves the request open, as with Passport.
 */
export function fromPassport<User = unknown>(
  strategy: PassportStrategy,
  { name = strategy.name, options = {} }: FromPassportOptions = {},
): Strategy<StrategyRequest, User> {
  if (!name) throw new TypeError('The strategy has no name; give one: fromPassport(strategy, { name }).')
  return {
    name,
    authenticate: async (request) => {
      const session = isSessionAccess(request.session) ? request.session : undefined
      const kept = session && draftOf(session)
      const outcome = await decided(strategy, request, kept?.draft ?? request.session, options)
      const isBegun = kept?.write() === true && outcome.type === 'redirect'
      if (outcome.type === 'error') throw outcome.error
      if (outcome.type === 'success' && !outcome.user) throw new Error('The strategy succeeded without a user.')
      // A login that was begun here ends here: not in a session whose id somebody knew before.
      if (isBegun) await session?.renew()
      return outcome as AuthResult<User>
    },
  }
}

/** The first decision; by the strategy's own methods or, for those that redirect by it, by the response. */
function decided(strategy: PassportStrategy, request: StrategyRequest, session: unknown, options: AuthenticateOptions): Promise<Outcome> {
  return new Promise((resolve) => attempt(strategy, shownRequest(request, session, resolve), options, resolve))
}

/** The request in the form that Express gave it. */
function shownRequest(request: StrategyRequest, session: unknown, settle: (outcome: Outcome) => void): object {
  const given = request.headers
  const headers: { [name: string]: unknown } = Object.assign(Object.create(null), Symbol.iterator in given ? Object.fromEntries(given as never) : given)
  const [, scheme, authority, target = '/'] = /^(?:(https?):\/\/([^/?#]*))?([^#]*)/i.exec(request.url) ?? []
  headers['host'] ??= authority ?? 'localhost'
  const protocol = scheme?.toLowerCase() ?? (request.protocol === 'https' ? 'https' : 'http')
  const path = target.startsWith('/') ? target : `/${target}`
  const socket = { encrypted: protocol === 'https' }
  const response = answering(settle)
  const named = (field: string): unknown => headers[field.toLowerCase()]
  return {
    ...request.more,
    method: request.method ?? 'GET',
    url: path,
    originalUrl: path,
    protocol,
    headers,
    query: request.query ?? Object.fromEntries(new URLSearchParams(path.replace(/^[^?]*/, ''))),
    body: request.body ?? {},
    session,
    socket,
    connection: socket,
    res: response,
    get: (field: string) => (/^referr?er$/i.test(field) ? (named('referrer') ?? named('referer')) : named(field)),
  }
}

/** What stands for the response: some strategies redirect by it. Whatever else would answer is refused, and so is a cookie, which would be lost. */
function answering(settle: (outcome: Outcome) => void): object {
  const refuse = (what: string): void =>
    settle({ type: 'error', error: new Error(`The strategy ${what}, which fromPassport() has no place for: it may decide and redirect, no more.`) })
  const answer = {
    redirect: (first: string | number, second?: string) =>
      settle({ type: 'redirect', ...(typeof first === 'number' ? { status: first, url: second as string } : { status: 302, url: first }) }),
    setHeader: (name: string) => (/^set-cookie$/i.test(name) ? refuse('sets a cookie') : undefined),
    getHeader: () => undefined,
  }
  for (const way of ['end', 'send', 'json', 'render', 'write', 'writeHead', 'sendStatus'] as const)
    Object.assign(answer, { [way]: () => refuse('writes an answer of its own') })
  for (const way of ['cookie', 'clearCookie'] as const) Object.assign(answer, { [way]: () => refuse('sets a cookie') })
  for (const way of ['status', 'type', 'set'] as const) Object.assign(answer, { [way]: () => answer })
  return answer
}
