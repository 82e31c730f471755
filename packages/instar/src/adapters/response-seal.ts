import type { ServerResponse } from 'node:http'

type Listener = (...args: unknown[]) => void

/** What others call to wait for `drain`; `once` comes to `on` by itself. */
const LISTENS = ['on', 'addListener'] as const
const HEAD_CHANGES = ['setHeader', 'setHeaders', 'appendHeader', 'removeHeader'] as const

/**
 * While an answer is held back, others must find the response as if its head had gone: a second answer has to fail as it does in plain Node, or it would be
 * mixed with the first. `open` takes all of it back.
 */
export class ResponseSeal {
  readonly #response: ServerResponse
  readonly #before = new Map<string, PropertyDescriptor | undefined>()
  readonly #waiting: Listener[] = []

  constructor(response: ServerResponse, hasEnded: () => boolean) {
    this.#response = response
    const { statusCode } = response
    this.#cover('headersSent', { get: () => true })
    this.#cover('writableEnded', { get: hasEnded })
    this.#cover('statusCode', { get: () => statusCode, set() {} })
    if (!isHttp2(response)) {
      const { statusMessage } = response
      this.#cover('statusMessage', { get: () => statusMessage, set() {} })
    }
    for (const name of HEAD_CHANGES) this.#cover(name, { value: refuseHeadChange })
    for (const name of LISTENS) this.#cover(name, { value: this.#listening(response[name].bind(response) as (type: string, listener: Listener) => unknown) })
  }

  open(): void {
    for (const [name, descriptor] of this.#before) {
      if (descriptor) Object.defineProperty(this.#response, name, descriptor)
      else Reflect.deleteProperty(this.#response, name)
    }
  }

  /** Tells those who wait for `drain`, also where a middleware such as compression has registered them elsewhere. */
  drain(): void {
    const reached = new Set(this.#response.rawListeners('drain'))
    this.#response.emit('drain')
    for (const listener of this.#waiting) if (!reached.has(listener)) listener.call(this.#response)
  }

  #listening(listen: (type: string, listener: Listener) => unknown): (type: string, listener: Listener) => unknown {
    return (type, listener) => {
      if (type === 'drain') this.#waiting.push(listener)
      listen(type, listener)
      return this.#response
    }
  }

  #cover(name: string, descriptor: PropertyDescriptor): void {
    this.#before.set(name, Object.getOwnPropertyDescriptor(this.#response, name))
    Object.defineProperty(this.#response, name, { ...descriptor, configurable: true })
  }
}

/** HTTP/2 has no status message, and Node warns of who asks for one. */
export const isHttp2 = (response: ServerResponse): boolean => 'stream' in response

/** As Node says it. */
export function headIsGone(): Error {
  return Object.assign(new Error('Cannot change the head of an answer that was given already.'), { code: 'ERR_HTTP_HEADERS_SENT' })
}

function refuseHeadChange(): never {
  throw headIsGone()
}
