import { sha256Bytes } from './sha256.ts'

/** SHA-256 of a text's UTF-8 bytes, as base64url; computed here, because WebCrypto's digest is asynchronous and slower for so few bytes. */
export const sha256 = (text: string): string => toBase64url(sha256Bytes(new TextEncoder().encode(text)))

/** As many random bytes from the system's generator, as base64url. */
export const randomText = (bytes: number): string => toBase64url(crypto.getRandomValues(new Uint8Array(bytes)))

export const inProduction = (): boolean =>
  (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env?.['NODE_ENV'] === 'production'

const AT_ONCE = 8192 // Arguments that a call takes everywhere.

export function toBase64url(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += AT_ONCE) binary += String.fromCharCode(...bytes.subarray(at, at + AT_ONCE))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** The bytes of a base64url text; undefined when it is none. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))
}
