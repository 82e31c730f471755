import type { AuthResult, Strategy } from '../../auth/strategy.ts'
import { attempt, type Outcome } from './attempt.ts'
import { draftOf, isSessionAccess, type SessionDraft } from './session-draft.ts'
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
 * that writes an answer of its own, other than a redirect, is refused by a rejection.
 */
export function fromPassport<User = unknown>(
  strategy: PassportStrategy,
  { name = strategy.name, options = {} }: FromPassportOptions = {},
): Strategy<StrategyRequest, User> {
  if (!name) throw new TypeError('The strategy has no name; give one: fromPassport(strategy, { name }).')
  return {
    name,
    authenticate: (request) =>
      new Promise((resolve, reject) => {
        const kept: SessionDraft | undefined = isSessionAccess(request.session) ? draftOf(request.session) : undefined
        const settle = (outcome: Outcome): void => {
          try {
            kept?.write()
            if (outcome.type === 'error') reject(outcome.error)
            else resolve(outcome as AuthResult<User>)
          } catch (error) {
            reject(error)
          }
        }
        attempt(strategy, shownRequest(request, kept?.draft ?? request.session, settle), options, settle)
      }),
  }
}

/** The request in the form that Express gave it. */
function shownRequest(request: StrategyRequest, session: unknown, settle: (outcome: Outcome) => void): object {
  const headers =
    Symbol.iterator in request.headers ? Object.fromEntries(request.headers as Iterable<readonly [string, string]>) : { ...(request.headers as HeaderFields) }
  const url = new URL(request.url, `${request.protocol ?? 'http'}://${headers['host'] ?? 'localhost'}`)
  headers['host'] ??= url.host
  const path = url.pathname + url.search
  const socket = { encrypted: url.protocol === 'https:' }
  const response = answering(settle)
  return {
    method: request.method ?? 'GET',
    url: path,
    originalUrl: path,
    protocol: url.protocol.slice(0, -1),
    headers,
    query: request.query ?? Object.fromEntries(url.searchParams),
    body: request.body ?? {},
    session,
    socket,
    connection: socket,
    res: response,
    get: (field: string) => headers[field.toLowerCase()],
  }
}

/** What stands for the response: some strategies redirect by it. */
function answering(settle: (outcome: Outcome) => void): object {
  const refuse = (): void => settle({ type: 'error', error: new Error('The strategy writes an answer of its own, which fromPassport() has no place for.') })
  return {
    redirect: (first: string | number, second?: string) =>
      settle({ type: 'redirect', ...(typeof first === 'number' ? { status: first, url: second as string } : { status: 302, url: first }) }),
    setHeader: () => {},
    end: refuse,
    send: refuse,
  }
}
