import type { IncomingMessage } from 'node:http'
import { type RequestLike, rawTargetOf } from '../core/http.ts'

/** A Node request as the core reads it, given the origin that it was sent to and, where a router may have changed `url`, what it was asked for. */
export function nodeRequest(request: IncomingMessage, origin: string, target = request.url ?? '/'): RequestLike {
  return {
    method: request.method ?? 'GET',
    url: origin + (target.startsWith('/') ? target : rawTargetOf(target)),
    headers: {
      get(name) {
        const value = request.headers[name.toLowerCase()]
        return Array.isArray(value) ? value.join(', ') : (value ?? null)
      },
    },
  }
}

/** The origin as the connection shows it; a proxy in front is not looked through. */
export function connectionOrigin(request: IncomingMessage): string {
  return originFrom(isEncrypted(request) ? 'https' : 'http', request.headers.host ?? request.headers[':authority']?.toString())
}

/** Scheme and host; none where the host holds what is no part of one, since the path is read from behind it. */
export const originFrom = (scheme: string, host: string | undefined): string => (host !== undefined && /^[\w.:[\]-]+$/.test(host) ? `${scheme}://${host}` : '')

const isEncrypted = (request: IncomingMessage): boolean => (request.socket as { encrypted?: boolean } | null)?.encrypted === true
