import { inProduction } from '#platform'
import { InstarError } from './errors.ts'
import { parseOrigin } from './http.ts'
import { type Duration, type Lifetimes, milliseconds } from './lifetime.ts'
import type { SessionLimit } from './policy.ts'
import type { NearStore, SessionStore } from './session-store.ts'

// Each takes an option as it came and returns what the policy keeps, or throws `bad_option` naming the option, its value and the mend.

export function checkedStore(store: SessionStore | undefined): SessionStore {
  const operations = ['create', 'find', 'update', 'delete', 'listByUser', 'deleteByUser', 'deleteAll', 'deleteExpired'] as const
  const missing = operations.filter((operation) => typeof store?.[operation] !== 'function')
  if (store && missing.length === 0) return store
  throw refused(
    'store',
    store === undefined ? 'undefined' : `missing ${missing.join(', ')}`,
    "Give it a SessionStore, such as sqliteStore(new DatabaseSync('app.db')) or memoryStore().",
  )
}

/** What the store remembers in this process, if it does. */
export function nearOf(store: SessionStore | NearStore): NearStore['near'] | undefined {
  return 'near' in store ? (id) => store.near(id) : undefined
}

interface LifetimeOptions {
  readonly idleTimeout?: Duration
  readonly absoluteTimeout?: Duration
  readonly anonymousTimeout?: Duration
  readonly remember?: { readonly idleTimeout?: Duration; readonly absoluteTimeout?: Duration }
}

/** Browsers keep no cookie for longer (RFC 6265bis). */
const LONGEST: Duration = '400d'

export function checkedLifetimes(options: LifetimeOptions): Lifetimes {
  const { remember = {} } = options
  const absoluteTimeout = options.absoluteTimeout ?? '12h'
  const rememberAbsolute = remember.absoluteTimeout ?? '30d'
  const lifetimes: Lifetimes = {
    anonymous: milliseconds('anonymousTimeout', options.anonymousTimeout ?? '1d'),
    idle: milliseconds('idleTimeout', options.idleTimeout ?? '30m'),
    absolute: milliseconds('absoluteTimeout', absoluteTimeout),
    rememberIdle: milliseconds('remember.idleTimeout', remember.idleTimeout ?? '14d'),
    rememberAbsolute: milliseconds('remember.absoluteTimeout', rememberAbsolute),
  }
  if (lifetimes.absolute < lifetimes.idle)
    throw refused(
      'absoluteTimeout',
      absoluteTimeout,
      `It is shorter than idleTimeout, ${options.idleTimeout ?? "'30m'"}. Make it longer, or idleTimeout shorter.`,
    )
  if (lifetimes.rememberAbsolute < lifetimes.rememberIdle) {
    throw refused(
      'remember.absoluteTimeout',
      rememberAbsolute,
      `It is shorter than remember.idleTimeout, ${remember.idleTimeout ?? "'14d'"}. Make it longer, or remember.idleTimeout shorter.`,
    )
  }
  if (lifetimes.rememberIdle < lifetimes.idle)
    throw refused(
      'remember.idleTimeout',
      remember.idleTimeout ?? '14d',
      `It is shorter than idleTimeout, ${options.idleTimeout ?? "'30m'"}. A remembered login must last longer.`,
    )
  if (lifetimes.rememberAbsolute < lifetimes.absolute)
    throw refused('remember.absoluteTimeout', rememberAbsolute, `It is shorter than absoluteTimeout, ${absoluteTimeout}. A remembered login must last longer.`)
  if (lifetimes.rememberAbsolute > milliseconds('', LONGEST))
    throw refused('remember.absoluteTimeout', rememberAbsolute, `Browsers keep no cookie longer than ${LONGEST}. Use that or less.`)
  return lifetimes
}

export function checkedOrigin(origin: string, secure: boolean): string {
  const parsed = typeof origin === 'string' ? parseOrigin(origin) : undefined
  if (parsed?.text !== String(origin).toLowerCase())
    throw refused('origin', origin, "Write scheme and host, with a port if it is not the usual one, and nothing after it: 'https://shop.example'.")
  if (secure && !parsed.carriesSecureCookies)
    throw refused(
      'origin',
      origin,
      'Browsers refuse Secure cookies on plain http. Write the https origin that people see, or use insecureDevelopment while developing.',
    )
  return parsed.text
}

export function checkedLimit(limit: SessionLimit | undefined): SessionLimit | undefined {
  if (limit === undefined) return undefined
  if (typeof limit !== 'object' || limit === null) throw refused('limit', limit, "Write { perUser: 5, atLimit: 'end-oldest' }, or leave it out.")
  if (!Number.isSafeInteger(limit.perUser) || limit.perUser < 1) throw refused('limit.perUser', limit.perUser, 'Use a whole number from 1, or leave limit out.')
  if (limit.atLimit !== 'refuse' && limit.atLimit !== 'end-oldest') throw refused('limit.atLimit', limit.atLimit, "Use 'refuse' or 'end-oldest'.")
  return limit
}

export function checkedInsecure(insecureDevelopment: boolean | undefined): boolean {
  if (insecureDevelopment === true && inProduction())
    throw refused('insecureDevelopment', true, 'It never runs with NODE_ENV=production. Serve https and leave it out.')
  return insecureDevelopment === true
}

export function checkedUserId(userId: unknown): string {
  const fault = faultOf(userId)
  if (fault === undefined) return userId as string
  throw new InstarError('bad_option', `The user's id is ${fault}. Pass a string of 1 to ${LONGEST_USER_ID} bytes, such as String(user.id).`)
}

/** What every store can keep whole and compare byte for byte. */
const LONGEST_USER_ID = 255

function faultOf(userId: unknown): string | undefined {
  if (typeof userId !== 'string') return typeof userId
  if (userId === '') return 'an empty text'
  if (!userId.isWellFormed()) return 'a text with half a character in it'
  if (userId.includes('\0')) return 'a text with a NUL in it'
  const bytes = userId.length * 3 <= LONGEST_USER_ID ? 0 : new TextEncoder().encode(userId).length
  return bytes > LONGEST_USER_ID ? `a text of ${bytes} bytes` : undefined
}

export function checkedPayloadLimit(limit = 65_536): number {
  if (Number.isSafeInteger(limit) && limit > 0) return limit
  throw refused('payloadLimit', limit, 'Use a whole number of bytes, such as 65_536.')
}

export const checkedStoreTimeout = (timeout: Duration = '10s'): number => {
  const patience = milliseconds('storeTimeout', timeout)
  if (patience <= 2 ** 31 - 1) return patience
  throw refused('storeTimeout', timeout, 'No timer runs for so long. Use some seconds.')
}

export function insecureOrigin(origin: string): InstarError {
  return new InstarError(
    'insecure_origin',
    `The request seems to come from ${origin}, where browsers refuse the session cookies, because they are Secure. Behind a proxy that serves https: set the option origin: 'https://your.host', or let the framework trust the proxy. ` +
      'Without https: use http://localhost, or insecureDevelopment: true while developing.',
  )
}

function refused(option: string, value: unknown, mend: string): InstarError {
  return new InstarError('bad_option', `${option} is ${typeof value === 'string' ? `'${value}'` : JSON.stringify(value)}. ${mend}`)
}
