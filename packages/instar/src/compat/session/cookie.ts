/** What a session's cookie is asked for, as express-session names it. */
export interface CookieOptions {
  maxAge?: number | null
  signed?: boolean
  expires?: Date | null
  httpOnly?: boolean
  path?: string
  domain?: string
  secure?: boolean | 'auto'
  sameSite?: boolean | 'lax' | 'strict' | 'none' | 'auto'
  partitioned?: boolean
  priority?: 'low' | 'medium' | 'high'
  [other: string]: unknown
}

/** The attributes that leave and that stores keep. */
export interface CookieData {
  readonly originalMaxAge: number | null | undefined
  readonly partitioned: unknown
  readonly priority: unknown
  readonly expires: Date | null | undefined
  readonly secure: unknown
  readonly httpOnly: unknown
  readonly domain: unknown
  readonly path: unknown
  readonly sameSite: unknown
}

/** The cookie of one session: `req.session.cookie`. Its age is counted in milliseconds. */
export class Cookie {
  declare originalMaxAge: number | null | undefined
  declare _expires: Date | null | undefined
  declare partitioned?: unknown
  declare priority?: unknown
  declare secure?: unknown
  declare httpOnly?: unknown
  declare domain?: unknown
  declare path?: unknown
  declare sameSite?: unknown

  constructor(options?: object | null) {
    this.path = '/'
    this.maxAge = null
    this.httpOnly = true
    if (options) {
      if (typeof options !== 'object') throw new TypeError('argument options must be a object')
      for (const key in options) {
        if (key !== 'data' && key !== '__proto__') (this as unknown as { [key: string]: unknown })[key] = (options as { [key: string]: unknown })[key]
      }
    }
    this.originalMaxAge ??= this.maxAge
  }

  get expires(): Date | null | undefined {
    return this._expires
  }

  set expires(date: Date | null | undefined) {
    this._expires = date
    this.originalMaxAge = this.maxAge
  }

  /** How long the cookie still lasts, in milliseconds; whatever `expires` is where that is no date. */
  get maxAge(): number | null | undefined {
    return this._expires instanceof Date ? this._expires.valueOf() - Date.now() : this._expires
  }

  set maxAge(milliseconds: number | Date | null | undefined) {
    if (milliseconds && typeof milliseconds !== 'number' && !((milliseconds as unknown) instanceof Date)) throw new TypeError('maxAge must be a number or Date')
    this.expires = typeof milliseconds === 'number' ? new Date(Date.now() + milliseconds) : milliseconds
  }

  get data(): CookieData {
    const { originalMaxAge, partitioned, priority, _expires: expires, secure, httpOnly, domain, path, sameSite } = this
    return { originalMaxAge, partitioned, priority, expires, secure, httpOnly, domain, path, sameSite }
  }

  /** A `Set-Cookie` value (RFC 6265); throws where an attribute cannot be written. */
  serialize(name: string, value: string): string {
    return serializeCookie(name, value, this.data)
  }

  toJSON(): CookieData {
    return this.data
  }
}

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const DOMAIN = /^([.]?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)([.][a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i
const PATH = /^[\x20-\x3a\x3d-\x7e]*$/
const PRIORITIES: { readonly [priority: string]: string } = { low: 'Low', medium: 'Medium', high: 'High' }
const SAME_SITES: { readonly [sameSite: string]: string } = { true: 'Strict', strict: 'Strict', lax: 'Lax', none: 'None' }

export function serializeCookie(name: string, value: string, { domain, path, expires, httpOnly, secure, partitioned, priority, sameSite }: CookieData): string {
  if (!NAME.test(name)) throw new TypeError('argument name is invalid')
  let text = `${name}=${encodeURIComponent(value)}`
  if (domain) text += `; Domain=${checked('domain', domain, DOMAIN.test(String(domain)))}`
  if (path) text += `; Path=${checked('path', path, PATH.test(String(path)))}`
  if (expires) {
    checked('expires', expires, (expires as unknown) instanceof Date && !Number.isNaN(expires.valueOf()))
    text += `; Expires=${expires.toUTCString()}`
  }
  if (httpOnly) text += '; HttpOnly'
  if (secure) text += '; Secure'
  if (partitioned) text += '; Partitioned'
  if (priority) text += `; Priority=${spelled('priority', priority, PRIORITIES)}`
  if (sameSite) text += `; SameSite=${spelled('sameSite', sameSite, SAME_SITES)}`
  return text
}

function checked(option: string, value: unknown, isFine: boolean): unknown {
  if (!isFine) throw new TypeError(`option ${option} is invalid`)
  return value
}

function spelled(option: string, value: unknown, spellings: { readonly [value: string]: string }): string {
  const key = String(value).toLowerCase()
  checked(option, value, Object.hasOwn(spellings, key))
  return spellings[key] as string
}
