export interface Sent {
  readonly method?: string
  readonly headers?: { readonly [name: string]: string }
  readonly body?: string
  /** What `Sec-Fetch-Site` says; null leaves it out. Default `same-origin`. */
  readonly site?: string | null
}

/** What came back: status, headers, and the body as text. */
export interface Received {
  readonly status: number
  readonly headers: Headers
  readonly setCookie: readonly string[]
  readonly body: string
}

/** As the `fetch` of the platform; another one may speak another version of HTTP. */
export type Fetch = (url: string, init: FetchInit) => Promise<Response>

export interface FetchInit {
  readonly method: string
  readonly headers: { readonly [name: string]: string }
  readonly body?: string
  readonly redirect?: 'manual'
  readonly signal?: AbortSignal
}

/** The cookie side of a browser, as far as tests of one host need it: keeps what is set, sends it, forgets what has `Max-Age=0`. Follows no redirect. */
export class TestBrowser {
  readonly origin: string
  readonly jar: Map<string, string>
  /** What sends its requests. */
  readonly fetch: Fetch

  constructor(origin: string, jar: ReadonlyMap<string, string> = new Map(), send: Fetch = fetch) {
    this.origin = origin
    this.jar = new Map(jar)
    this.fetch = send
  }

  /** The same cookies in other hands. */
  copy(): TestBrowser {
    return new TestBrowser(this.origin, this.jar, this.fetch)
  }

  /** Another browser, with no cookies. */
  another(): TestBrowser {
    return new TestBrowser(this.origin, undefined, this.fetch)
  }

  get cookie(): string {
    return [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** Sends a request and keeps the answer's cookies. */
  async send(path: string, sent: Sent = {}): Promise<Received> {
    const received = await this.sendOnly(path, sent)
    this.keep(received)
    return received
  }

  /** Sends a request; its cookies are kept when `keep` is called with the answer: late, in another order, or never. */
  async sendOnly(path: string, { method = 'GET', headers = {}, body, site = 'same-origin' }: Sent = {}): Promise<Received> {
    const all = { ...(this.jar.size > 0 && { cookie: this.cookie }), ...(site !== null && { 'sec-fetch-site': site }), ...headers }
    const response = await this.fetch.call(undefined, this.origin + path, { method, headers: all, redirect: 'manual', ...(body !== undefined && { body }) })
    return { status: response.status, headers: response.headers, setCookie: response.headers.getSetCookie(), body: await response.text() }
  }

  post(path: string, sent: Sent = {}): Promise<Received> {
    return this.send(path, { method: 'POST', ...sent })
  }

  keep({ setCookie }: Received): void {
    for (const cookie of setCookie) {
      const [pair = ''] = cookie.split(';', 1)
      const name = pair.slice(0, pair.indexOf('='))
      if (/;\s*max-age=0/i.test(cookie)) {
        if (!/;\s*partitioned/i.test(cookie)) this.jar.delete(name)
      } else this.jar.set(name, pair.slice(name.length + 1))
    }
  }
}
