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

/** Methods that change nothing (RFC 9110, section 9.2.1); compared exactly, so an unknown spelling counts as unsafe. */
export const isSafeMethod = (method: string): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS'

/** Scheme, host and port of an absolute URL without parsing the rest; undefined for anything else. */
export function originOf(url: string): string | undefined {
  const match = /^(https?:\/\/[^/?#\\@]+)/i.exec(url)
  try {
    return match ? new URL(match[1] as string).origin : undefined
  } catch {
    return undefined
  }
}

/** The path as it was sent, without the query; nothing is decoded or resolved. */
export function rawPathOf(url: string): string {
  return /^(?:[a-z]+:\/\/[^/?#]*)?([^?#]*)/i.exec(url)?.[1] || '/'
}

/** The path and query as they were sent. */
export function rawTargetOf(url: string): string {
  return /^[a-z]+:\/\/[^/?#]*([^#]*)/i.exec(url)?.[1] || '/'
}

/** Whether a browser takes Secure cookies from this origin: https, or a loopback host on plain http. */
export function carriesSecureCookies(origin: string): boolean {
  const { protocol } = new URL(origin)
  return protocol === 'https:' || isLoopback(origin)
}

export function isLoopback(origin: string): boolean {
  const { hostname } = new URL(origin)
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

const LONGEST_USER_AGENT = 256

export function userAgentOf(request: RequestLike): string | undefined {
  return request.headers.get('user-agent')?.slice(0, LONGEST_USER_AGENT) || undefined
}
