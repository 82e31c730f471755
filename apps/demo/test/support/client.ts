export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

export interface Me {
  readonly user: string | null
  readonly handle: string | null
  readonly level: number
  readonly cart: readonly string[]
}

let clients = 0

/** A browser in little: keeps cookies by name, sends forms as a page of the site would, follows no redirect by itself. */
export class Client {
  readonly #origin: string
  readonly cookies = new Map<string, string>()
  readonly headers: Record<string, string>

  constructor(origin: string, headers: Record<string, string> = {}) {
    this.#origin = origin
    this.headers = { accept: 'text/html', 'sec-fetch-site': 'same-origin', 'user-agent': `Client/${++clients}`, ...headers }
  }

  get(path: string): Promise<Answer> {
    return this.#send(path, {})
  }

  post(path: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#send(path, { method: 'POST', body: new URLSearchParams(fields), headers })
  }

  async me(): Promise<Me> {
    return JSON.parse((await this.get('/me')).text)
  }

  logIn(username: string, password: string, fields: Record<string, string> = {}): Promise<Answer> {
    return this.post('/login', { username, password, ...fields })
  }

  async #send(path: string, init: RequestInit & { headers?: Record<string, string> }): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...this.headers, ...(cookie !== '' && { cookie }), ...init.headers }
    const response = await fetch(this.#origin + path, { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ')
    const name = pair.slice(0, pair.indexOf('='))
    if (attributes.includes('Max-Age=0')) this.cookies.delete(name)
    else this.cookies.set(name, pair.slice(name.length + 1))
  }
}
