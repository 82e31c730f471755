import { headersOf } from './answer.ts'
import type { Connection } from './connection.ts'
import { play } from './play.ts'
import { prepared, type Wanted } from './request.ts'

/** A browser's cookies, as far as sessions need them: by name, without paths and domains. */
export class Jar {
  readonly #cookies = new Map<string, string>()

  /** Takes what an answer sets over, and forgets what it expires. */
  take(head: string): this {
    for (const line of headersOf(head, 'set-cookie')) {
      const [pair = '', ...attributes] = line.split(/; */)
      const at = pair.indexOf('=')
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)]
      if (attributes.some(isPast)) this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
    return this
  }

  /** As a `Cookie` header has them; undefined when there are none. */
  get header(): string | undefined {
    return this.#cookies.size === 0 ? undefined : [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }
}

function isPast(attribute: string): boolean {
  const [name = '', value = ''] = attribute.split('=')
  if (/^max-age$/i.test(name)) return Number(value) <= 0
  return /^expires$/i.test(name) && Date.parse(value) <= Date.now()
}

/** Asks one thing after the other on one connection, and keeps the cookies. */
export class Visitor {
  readonly jar = new Jar()
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async ask(wanted: Omit<Wanted, 'cookie'>): Promise<void> {
    const { header } = this.jar
    const request = prepared({ ...wanted, ...(header !== undefined && { cookie: header }) })
    const { heads } = await play([this.#connection], (_, turn) => (turn === 0 ? request : undefined), { keepHeads: true })
    this.jar.take(heads[0] ?? '')
  }

  login = (user: string): Promise<void> => this.ask({ method: 'POST', path: '/login', headers: { 'x-user': user }, answer: { user } })
  logout = (): Promise<void> => this.ask({ method: 'POST', path: '/logout', answer: { user: null } })
  write = (value: string): Promise<void> => this.ask({ method: 'POST', path: '/write', headers: { 'x-value': value }, answer: { value } })
  fill = (size: number): Promise<void> => this.ask({ method: 'POST', path: '/fill', headers: { 'x-size': size }, answer: { size } })
}
