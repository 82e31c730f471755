import type { IncomingMessage } from 'node:http'
import { type RequestLike, rawTargetOf } from '../core/http.ts'

/** A request of a framework on Node as the core reads it: what it was asked for, where a router may have changed `url`, and where its origin is found when somebody asks, which few requests do. */
export const nodeRequest = <Source>(request: IncomingMessage, source: Source, originOf: (source: Source) => string, target?: string): RequestLike =>
  new NodeRequest(request, source, originOf, target ?? request.url ?? '/')

/** One object for each request, which is its own `headers`. */
class NodeRequest<Source> implements RequestLike {
  readonly #request: IncomingMessage
  readonly #source: Source
  readonly #originOf: (source: Source) => string
  readonly #target: string
  readonly method: string

  constructor(request: IncomingMessage, source: Source, originOf: (source: Source) => string, target: string) {
    this.#request = request
    this.#source = source
    this.#originOf = originOf
    this.#target = target
    this.method = request.method ?? 'GET'
  }

  get url(): string {
    return this.#originOf(this.#source) + (this.#target.startsWith('/') ? this.#target : rawTargetOf(this.#target))
  }

  get headers(): this {
    return this
  }

  get(name: string): string | null {
    const value = this.#request.headers[name.toLowerCase()]
    return Array.isArray(value) ? value.join(', ') : (value ?? null)
  }
}

/** The origin as the connection shows it; a proxy in front is not looked through. */
export function connectionOrigin(request: IncomingMessage): string {
  return originFrom(isEncrypted(request) ? 'https' : 'http', request.headers.host ?? request.headers[':authority']?.toString())
}

/** Scheme and host; none where the host holds what is no part of one, since the path is read from behind it. */
export const originFrom = (scheme: string, host: string | undefined): string => (host !== undefined && /^[\w.:[\]-]+$/.test(host) ? `${scheme}://${host}` : '')

const isEncrypted = (request: IncomingMessage): boolean => (request.socket as { encrypted?: boolean } | null)?.encrypted === true
