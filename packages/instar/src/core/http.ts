/** The part of a request that the core reads; a web `Request` is one as it stands. */
export interface RequestLike {
  readonly method: string
  /** Absolute: the origin that the framework believes it has, then the raw path. */
  readonly url: string
  readonly headers: { get(name: string): string | null }
}

/** What a commit asks of the response before its head goes. */
export interface CommitResult {
  /** `Set-Cookie` values, to be appended. */
  readonly setCookie: readonly string[]
  /** The response belongs to one person: it opened a login or sets a session cookie. */
  readonly personal: boolean
  /** The response depends on the cookie: the application asked for the session. */
  readonly varies: boolean
}

/** The head of a response, as far as a commit touches it. */
export interface HeadLike {
  get(name: string): string | undefined
  set(name: string, value: string): void
  append(name: string, value: string): void
}

/**
 * Writes a commit's result into a head. What the application said of caching stands, with one exception:
 * an answer that sets a session cookie is never left to shared caches (RFC 9111, section 7.3).
 */
export function applyCommit(result: CommitResult, head: HeadLike): void {
  for (const cookie of result.setCookie) head.append('Set-Cookie', cookie)
  if (result.personal) {
    const said = head.get('Cache-Control')
    const shared = said === undefined || (result.setCookie.length > 0 && !/(^|[\s,])(private|no-store)\s*(,|$)/i.test(said))
    if (shared) head.set('Cache-Control', 'private, no-store')
  }
  if (result.varies && !/(^|[\s,])(cookie|\*)\s*(,|$)/i.test(head.get('Vary') ?? '')) head.append('Vary', 'Cookie')
}

/** Whether a commit asks anything of a head. */
export const asksAnything = ({ setCookie, personal, varies }: CommitResult): boolean => setCookie.length > 0 || personal || varies

/** Methods that change nothing (RFC 9110, section 9.2.1); compared exactly, so an unknown spelling counts as unsafe. */
export const isSafeMethod = (method: string): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS'

/** What an origin says of its connections. */
export interface Origin {
  /** Scheme, host and port, as `URL` writes them. */
  readonly text: string
  /** Whether browsers take Secure cookies from it: https, or a loopback host on plain http. */
  readonly carriesSecureCookies: boolean
  readonly isLoopback: boolean
  readonly isPlain: boolean
}

/** The one that was parsed last, since nearly all requests of a server are to one. */
let last: { readonly text: string; readonly origin: Origin | undefined } | undefined

const SCHEME = /^https?:\/\//i

/** The origin of an absolute URL, by the part before its path; undefined where there is none. */
export function parseOrigin(url: string): Origin | undefined {
  if (last && url.startsWith(last.text) && (url.length === last.text.length || isEndOfHost(url.charCodeAt(last.text.length)))) return last.origin
  if (!SCHEME.test(url)) return undefined
  const text = url.slice(0, endOfHost(url))
  last = { text, origin: parsed(text) }
  return last.origin
}

/** Scheme, host and port of an absolute URL without parsing the rest; undefined for anything else. */
export const originOf = (url: string): string | undefined => parseOrigin(url)?.text

/** Where the path, the query or what does not belong to a host begins. */
function endOfHost(url: string): number {
  let at = url.indexOf('://') + 3
  while (at < url.length && !isEndOfHost(url.charCodeAt(at))) at++
  return at
}

/** One of `/ ? # \ @`. */
const isEndOfHost = (code: number): boolean => code === 0x2f || code === 0x3f || code === 0x23 || code === 0x5c || code === 0x40

function parsed(text: string): Origin | undefined {
  if (!URL.canParse(text)) return undefined
  const { origin, protocol, hostname } = new URL(text)
  const isLoopback = hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
  return { text: origin, isLoopback, isPlain: protocol === 'http:', carriesSecureCookies: protocol === 'https:' || isLoopback }
}

/** The path as it was sent, without the query; nothing is decoded or resolved. */
export function rawPathOf(url: string): string {
  return /^(?:[a-z]+:\/\/[^/?#]*)?([^?#]*)/i.exec(url)?.[1] || '/'
}

/** The path and query as they were sent. */
export function rawTargetOf(url: string): string {
  return /^[a-z]+:\/\/[^/?#]*([^#]*)/i.exec(url)?.[1] || '/'
}

const LONGEST_USER_AGENT = 256

export function userAgentOf(request: RequestLike): string | undefined {
  return request.headers.get('user-agent')?.slice(0, LONGEST_USER_AGENT) || undefined
}
