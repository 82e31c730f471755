import { createHmac } from 'node:crypto'
import type { Application, CookieChoice, Forgery, Spec } from './sequence.ts'
import { revive } from './sequence.ts'

// The client's side of the session cookie, with a signature of its own: the libraries under test must not check themselves.

type Secret = string | Buffer

export const OTHER_SECRET = 'a secret of somebody else'

const signatureOf = (value: string, secret: Secret): string => createHmac('sha256', secret).update(value).digest('base64').replace(/=+$/, '')

export const signed = (id: string, secret: Secret): string => encodeURIComponent(`s:${id}.${signatureOf(id, secret)}`)

/** Every secret that a sequence's application knows, in their order. */
export function secretsOf(options: { readonly [name: string]: Spec }, { cookieParser, second }: Application): readonly Secret[] {
  return [options['secret'], cookieParser, second?.options['secret']]
    .flatMap((spec) => revive(spec ?? []) as Secret | Secret[])
    .filter((secret) => typeof secret === 'string' || Buffer.isBuffer(secret))
}

/** The id in a cookie's value, and whose signature it has. */
export function readCookie(value: string, secrets: readonly Secret[]): { readonly id: string; readonly signer: string } | undefined {
  let text: string
  try {
    text = decodeURIComponent(value)
  } catch {
    return undefined
  }
  const dot = text.lastIndexOf('.')
  if (!text.startsWith('s:') || dot === -1) return undefined
  const id = text.slice(2, dot)
  const signer = secrets.findIndex((secret) => signatureOf(id, secret) === text.slice(dot + 1))
  return { id, signer: signer === -1 ? 'nobody' : `secret ${signer}` }
}

/** What a browser keeps of one cookie. */
export class Jar {
  readonly name: string
  #value: string | undefined
  readonly #history: string[] = []

  constructor(name: string) {
    this.name = name
  }

  receive(setCookie: string): void {
    const [pair = '', ...attributes] = setCookie.split(/; */)
    const at = pair.indexOf('=')
    if (pair.slice(0, at) !== this.name) return
    const expires = attributes.find((attribute) => /^expires=/i.test(attribute))
    this.#value = expires && Date.parse(expires.slice(8)) <= Date.now() ? undefined : pair.slice(at + 1)
    if (this.#value !== undefined && !this.#history.includes(this.#value)) this.#history.push(this.#value)
  }

  /** The Cookie header of a request, or undefined for none. */
  header(choice: CookieChoice, secrets: readonly Secret[]): string | undefined {
    if (choice === 'none') return undefined
    if (typeof choice === 'object' && 'raw' in choice) return choice.raw
    const value = typeof choice === 'object' && 'earlier' in choice ? this.#history[choice.earlier] : this.#value
    if (value === undefined)
      return typeof choice === 'object' && 'forged' in choice && choice.forged === 'unknownId' ? this.#forged('', choice.forged, secrets) : undefined
    return typeof choice === 'object' && 'forged' in choice ? this.#forged(value, choice.forged, secrets) : `${this.name}=${value}`
  }

  #forged(value: string, forgery: Forgery, secrets: readonly Secret[]): string {
    const { name } = this
    const id = readCookie(value, [])?.id ?? ''
    switch (forgery) {
      case 'unsigned':
        return `${name}=${id}`
      case 'noSignature':
        return `${name}=${encodeURIComponent(`s:${id}`)}`
      case 'badSignature':
        return `${name}=${encodeURIComponent(`s:${id}.A${signatureOf(id, OTHER_SECRET).slice(1)}`)}`
      case 'otherSecret':
        return `${name}=${signed(id, OTHER_SECRET)}`
      case 'unknownId':
        return `${name}=${signed('an-id-that-nobody-issued', secrets[0] ?? OTHER_SECRET)}`
      case 'duplicate':
        return `${name}=${value}; ${name}=${value}`
      case 'duplicateGarbage':
        return `${name}=garbage; ${name}=${value}`
      case 'quoted':
        return `${name}="${value}"`
      case 'undecodable':
        return `${name}=s%3A%E0%A4%A`
      case 'withOthers':
        return `before=1; ${name}=${value}; after=2`
    }
  }
}
