import { InstarError } from './errors.ts'

/** How both session cookies look; secure with none of it set. */
export interface CookieOptions {
  /** Name of the login cookie, compared byte for byte. Default `__Host-Http-sid`. */
  readonly name?: string
  /** Name of the anonymous cookie. Default `__Host-Http-pre`, or the login cookie's name with `-pre`. */
  readonly anonymousName?: string
  /** Lets sub-domains see the cookies, and so plant them: `__Host-` names exclude it. Default none. */
  readonly domain?: string
  /** Default `/`. */
  readonly path?: string
  /** Default `lax`. */
  readonly sameSite?: 'strict' | 'lax' | 'none'
  /** One jar per embedding site (CHIPS). Default false. */
  readonly partitioned?: boolean
  /** Which cookies the browser drops last when its jar is full. Default `high`. */
  readonly priority?: 'low' | 'medium' | 'high'
}

/** One cookie's name and how to write it. */
export interface CookieSpec {
  readonly name: string
  /** A `Set-Cookie` value (RFC 6265bis): a browser-session cookie, or a persistent one for so many milliseconds. */
  write(value: string, lasting?: number): string
  /** The `Set-Cookie` value that removes the cookie. */
  clear(): string
  /** The one that removes a twin of the same name from the other jar: partitioned beside ours, which a script can plant, or the reverse. */
  clearTwin(): string
}

export interface SessionCookies {
  readonly login: CookieSpec
  readonly anonymous: CookieSpec
}

const SAME_SITE = { strict: 'Strict', lax: 'Lax', none: 'None' } as const
const PRIORITY = { low: 'Low', medium: 'Medium', high: 'High' } as const
const NAME = /^[A-Za-z0-9_-]+$/
/** Beside `Max-Age`, for frameworks that take cookies apart and lose a zero. */
const LONG_AGO = '; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0'
const LONGEST_AGE = 400 * 86_400 // seconds; RFC 6265bis, section 5.5

/** Checks the options and makes both cookies; throws `bad_option` naming the option, its value and the mend. */
export function sessionCookies(options: CookieOptions, secure: boolean): SessionCookies {
  const prefix = secure ? '__Host-Http-' : ''
  const name = options.name ?? `${prefix}sid`
  const anonymousName = options.anonymousName ?? (options.name === undefined ? `${prefix}pre` : `${options.name}-pre`)
  for (const [option, value] of [
    ['name', name],
    ['anonymousName', anonymousName],
  ] as const)
    checkName(option, value, options, secure)
  if (name.toLowerCase() === anonymousName.toLowerCase()) throw refused('anonymousName', anonymousName, 'Give the two cookies different names.')
  checkAttributes(options, secure)
  return { login: cookieSpec(name, options, secure), anonymous: cookieSpec(anonymousName, options, secure) }
}

function checkName(option: string, name: string, options: CookieOptions, secure: boolean): void {
  if (typeof name !== 'string' || !NAME.test(name)) throw refused(option, name, 'Use letters, digits, - and _ only.')
  const prefix = /^__(host-http|host|http|secure)-/i.exec(name)?.[0]
  if (prefix === undefined) return
  if (!['__Host-Http-', '__Host-', '__Http-', '__Secure-'].includes(prefix)) throw refused(option, name, 'Spell the prefix as the standard does: __Host-Http-.')
  if (!secure) throw refused(option, name, 'A prefixed name needs Secure; leave the name out with insecureDevelopment.')
  if (!prefix.startsWith('__Host-')) return
  if (options.domain !== undefined)
    throw refused(
      'domain',
      options.domain,
      `The cookie's name ${name} forbids a domain. Leave domain out, or set cookie.name to '__Http-sid' and trust every sub-domain.`,
    )
  if (options.path !== undefined && options.path !== '/')
    throw refused('path', options.path, `The cookie's name ${name} asks for the path '/'. Leave path out, or set cookie.name to '__Http-sid'.`)
}

function checkAttributes(options: CookieOptions, secure: boolean): void {
  const { domain, path, sameSite, priority, partitioned } = options
  if (domain !== undefined && !/^[A-Za-z0-9.-]+$/.test(domain)) throw refused('domain', domain, 'Write a host name such as shop.example.')
  if (path !== undefined && !/^\/[\x21-\x3a\x3c-\x7e]*$/.test(path))
    throw refused('path', path, "Write a path that begins with '/' and has no ';' or white space.")
  if (sameSite !== undefined && !Object.hasOwn(SAME_SITE, sameSite)) throw refused('sameSite', sameSite, "Use 'strict', 'lax' or 'none'.")
  if (priority !== undefined && !Object.hasOwn(PRIORITY, priority)) throw refused('priority', priority, "Use 'low', 'medium' or 'high'.")
  if (sameSite === 'none' && !secure)
    throw refused('sameSite', sameSite, "Browsers refuse SameSite=None without Secure. Use 'lax' with insecureDevelopment, or serve https.")
  if (partitioned && !secure)
    throw refused('partitioned', true, 'Browsers refuse Partitioned without Secure. Leave it out with insecureDevelopment, or serve https.')
}

function cookieSpec(name: string, options: CookieOptions, secure: boolean): CookieSpec {
  const attributes = [
    `; Path=${options.path ?? '/'}`,
    options.domain === undefined ? '' : `; Domain=${options.domain}`,
    secure ? '; Secure' : '',
    '; HttpOnly',
    `; SameSite=${SAME_SITE[options.sameSite ?? 'lax']}`,
  ].join('')
  const partitioned = options.partitioned ? '; Partitioned' : ''
  const priority = `; Priority=${PRIORITY[options.priority ?? 'high']}`
  return {
    name,
    write(value, lasting) {
      const age = lasting === undefined ? '' : `; Max-Age=${Math.min(Math.max(Math.floor(lasting / 1000), 1), LONGEST_AGE)}`
      return `${name}=${value}${attributes}${age}${partitioned}${priority}`
    },
    clear: () => `${name}=${attributes}${LONG_AGO}${partitioned}`,
    clearTwin: () => `${name}=${attributes}${LONG_AGO}${options.partitioned ? '' : '; Partitioned'}`,
  }
}

function refused(option: string, value: unknown, mend: string): InstarError {
  return new InstarError('bad_option', `cookie.${option} is ${JSON.stringify(value)}. ${mend}`)
}
