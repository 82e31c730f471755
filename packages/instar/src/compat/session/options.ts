import { mintSecret } from '../../core/token.ts'
import { Cookie, type CookieOptions } from './cookie.ts'
import type { SessionRequest } from './request.ts'
import { isSecure } from './secure.ts'
import { Session } from './session.ts'
import { hasState } from './session-state.ts'
import type { Secret } from './signature.ts'
import type { Store } from './store.ts'

/** The options of express-session 1.19, and two more: `identity` and `serial`. */
export interface SessionOptions {
  cookie?: CookieOptions | ((request: SessionRequest) => CookieOptions)
  genid?: (request: SessionRequest) => string
  /** Default `connect.sid`. */
  name?: string
  /** An old name of `name`. */
  key?: string
  proxy?: boolean
  /** Default true. */
  resave?: boolean
  rolling?: boolean
  /** Default true. */
  saveUninitialized?: boolean
  secret?: Secret | readonly Secret[]
  /** A store of express-session's kind, or one of Instar's. Default a MemoryStore. */
  store?: unknown
  unset?: 'destroy' | 'keep'
  /** Paths in the session that say who is logged in, such as `passport.user`, beside those that are usual. When what they say changes, so does the id. */
  identity?: readonly string[]
  /** Requests of one session follow each other in this process, so that what one computes from a key is not lost to another. Default false: they run beside each other. */
  serial?: boolean
}

/** The options, checked. */
export interface Settings {
  readonly name: string
  readonly secrets: readonly Secret[] | undefined
  readonly proxy: boolean | undefined
  readonly resave: boolean
  readonly rolling: boolean
  readonly saveUninitialized: boolean
  readonly unsetDestroys: boolean
  readonly serial: boolean
  readonly cookieOptions: (request: SessionRequest) => CookieOptions
  readonly newId: (request: SessionRequest) => string
  /** Gives a request a new session. */
  readonly generate: (request: SessionRequest) => void
}

/** 256 random bits. */
const randomId = mintSecret

export function settingsOf(options: SessionOptions): Settings {
  const { unset, secret, proxy } = options
  const cookie = options.cookie || {}
  const genid = options.genid || randomId
  if (typeof genid !== 'function') throw new TypeError('genid option must be a function')
  if (unset && unset !== 'destroy' && unset !== 'keep') throw new TypeError('unset option must be "destroy" or "keep"')
  if (Array.isArray(secret) && secret.length === 0) throw new TypeError('secret option array must contain one or more strings')
  if (!secret) deprecated('req.secret; provide secret option', 'SECRET')
  if (options.resave === undefined) deprecated('undefined resave option; provide resave option', 'RESAVE')
  if (options.saveUninitialized === undefined) deprecated('undefined saveUninitialized option; provide saveUninitialized option', 'SAVE_UNINITIALIZED')
  const cookieOptions = (request: SessionRequest): CookieOptions => (typeof cookie === 'function' ? cookie(request) : cookie)
  if (typeof cookie !== 'function' && !cookie.sameSite)
    warnOnce(
      'SAME_SITE',
      'The session cookie has no SameSite. Set cookie.sameSite to "lax" unless other sites post forms to this one, as identity providers do.',
    )

  const newId = (request: SessionRequest): string => {
    const before = request.sessionID
    const id = genid(request)
    return id === before ? randomId() : id // The id that is left is no new one, whoever makes ids.
  }
  return {
    name: options.name || options.key || 'connect.sid',
    secrets: secret ? (Array.isArray(secret) ? secret : [secret as Secret]) : undefined,
    proxy,
    resave: options.resave === undefined ? true : options.resave,
    rolling: Boolean(options.rolling),
    saveUninitialized: options.saveUninitialized === undefined ? true : options.saveUninitialized,
    unsetDestroys: unset === 'destroy',
    serial: options.serial ?? false,
    cookieOptions,
    newId,
    generate(request) {
      request.sessionID = genid(request)
      const session = new Session(request)
      request.session = session
      session.cookie = newCookie(cookieOptions(request), isSecure(request, proxy)) as Session['cookie']
    },
  }
}

const ours = new WeakSet<Store['generate']>()

/** Gives a store the `generate` that applications and stores call; a request has its own, since two middlewares may share a store. */
export function giveGenerate(store: Store, settings: Settings): void {
  store.generate = (request) => settings.generate(request)
  ours.add(store.generate)
}

/** Gives a request a new session, also by a `generate` that an application has put in the place of ours. */
export function generateFor(settings: Settings, store: Store, request: SessionRequest): void {
  if (typeof store.generate !== 'function' || ours.has(store.generate)) return settings.generate(request)
  store.generate(request)
  const made = request.session as Session
  if (!hasState(made)) request.session = new Session(request, made)
}

function newCookie(options: CookieOptions, isSecureRequest: boolean): Cookie {
  const cookie = new Cookie(options)
  if (options.secure === 'auto') cookie.secure = isSecureRequest
  if (options.sameSite === 'auto') cookie.sameSite = isSecureRequest ? 'none' : 'lax'
  return cookie
}

const warned = new Set<string>()

/** Once a process. */
export function warnOnce(code: string, message: string, type = 'InstarWarning'): void {
  if (warned.has(code)) return
  warned.add(code)
  process.emitWarning(message, { type, code: `INSTAR_${code}` })
}

const deprecated = (what: string, code: string): void => warnOnce(code, `express-session deprecated ${what}`, 'DeprecationWarning')
