import { isCsrfToken } from '../core/csrf-token.ts'
import { InstarError } from '../core/errors.ts'
import { isSafeMethod, originOf, type RequestLike } from '../core/http.ts'
import { type Session, unitOf } from '../core/session.ts'
import type { UnitOfWork } from '../core/unit-of-work.ts'
import { isExempt } from './exemption.ts'

export interface CsrfOptions {
  /** Other origins whose pages may send unsafe requests: `['https://admin.shop.example']`. Default none. */
  readonly trustedOrigins?: readonly string[]
  /** Paths that are not guarded, for webhooks and the like: exact, or ending in `/*`. `login()` in them needs `allowUnverifiedRequest`. Default none. */
  readonly exempt?: readonly string[]
}

type Signal = 'sec-fetch-site' | 'origin' | 'token'

/**
 * Refuses unsafe requests that other sites send (OWASP: Fetch Metadata with a fallback to Origin, then to a token). The first signal that is there decides:
 * `Sec-Fetch-Site`, then `Origin`, then a token of this session.
 */
export class CsrfGuard {
  readonly #trusted: ReadonlySet<string>
  readonly #exempt: readonly string[]

  /** Throws `bad_option` for what is not an origin or not a path. */
  constructor(options: CsrfOptions = {}) {
    this.#trusted = new Set((options.trustedOrigins ?? []).map(checkedOrigin))
    this.#exempt = (options.exempt ?? []).map(checkedPath)
  }

  /**
   * Lets a request pass or throws `csrf_refused` (403). One that shows none of the signals passes without a session only, and may then not log in.
   * `token` is what the request's body holds, where it was read already.
   */
  check<Data extends object, User>(request: RequestLike, session: Session<Data, User>, token?: unknown): void {
    this.#check(request, session, token, false)
  }

  /** The same by the headers alone, before a body is read: a request that may still show a token in its body passes for now, and may not log in until `check` has spoken. */
  checkHeaders<Data extends object, User>(request: RequestLike, session: Session<Data, User>): void {
    this.#check(request, session, undefined, true)
  }

  #check<Data extends object, User>(request: RequestLike, session: Session<Data, User>, token: unknown, isBodyToCome: boolean): void {
    if (isSafeMethod(request.method) && !opensSocket(request)) return
    const unit = unitOf(session)
    const refusal = this.#refusal(request, unit, token)
    unit.isVerified = refusal === undefined
    if (refusal === undefined || isExempt(request.url, this.#exempt)) return
    if (refusal === 'token' && (!unit.live || isBodyToCome)) return
    unit.refuse()
    const origin = request.headers.get('origin')?.slice(0, 256)
    unit.emit({ type: 'csrf.refused', signal: refusal, method: request.method.slice(0, 16), ...unit.whose, ...(origin !== undefined && { origin }) })
    throw new InstarError('csrf_refused', MESSAGES[refusal])
  }

  /** The signal that speaks against the request; undefined when one speaks for it. */
  #refusal<User>(request: RequestLike, { policy, live }: UnitOfWork<User>, token: unknown): Signal | undefined {
    const origin = request.headers.get('origin')
    if (origin !== null && this.#trusted.has(origin)) return undefined

    const site = request.headers.get('sec-fetch-site')
    if (site !== null) return site === 'same-origin' || site === 'none' ? undefined : 'sec-fetch-site'
    if (origin !== null) return origin === (policy.origin ?? originOf(request.url)) ? undefined : 'origin'
    return live && isCsrfToken(live.token.secret, token || request.headers.get('x-csrf-token')) ? undefined : 'token'
  }
}

/** A handshake comes by GET and with cookies, from pages of any site, and what follows it is not safe. */
const opensSocket = ({ headers }: RequestLike): boolean => headers.get('upgrade')?.toLowerCase() === 'websocket'

const MESSAGES: Record<Signal, string> = {
  'sec-fetch-site': 'The request came from a page of another site, so it was refused. If that site is yours, name its origin in csrf.trustedOrigins.',
  origin:
    "The request's Origin is not this site's, so it was refused. Behind a proxy set the option origin; if the other site is yours, name its origin in csrf.trustedOrigins.",
  token:
    'The request shows neither Sec-Fetch-Site nor Origin nor a CSRF token of this session, so it was refused. Send session.csrfToken() as the header X-CSRF-Token, or as the field _csrf with the body parser before the session; or exempt the route by csrf.exempt.',
}

function checkedOrigin(origin: string): string {
  if (typeof origin === 'string' && originOf(origin) === origin) return origin
  throw new InstarError(
    'bad_option',
    `csrf.trustedOrigins has ${JSON.stringify(origin)}, which is not an origin. Write scheme and host and nothing after it: 'https://admin.shop.example'.`,
  )
}

function checkedPath(path: string): string {
  if (typeof path === 'string' && /^\/[^*?#%\\]*(\/\*)?$/.test(path) && path !== '/*') return path
  throw new InstarError('bad_option', `csrf.exempt has ${JSON.stringify(path)}. Write a path such as '/webhooks/stripe', or '/webhooks/*' for all below it.`)
}
