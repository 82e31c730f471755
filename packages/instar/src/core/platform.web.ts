import { sha256Bytes } from './sha256.ts'

/** SHA-256 of a text's UTF-8 bytes, as base64url; computed here, because WebCrypto's digest is asynchronous and slower for so few bytes. */
export const sha256 = (text: string): string => base64url(sha256Bytes(new TextEncoder().encode(text)))

/** As many random bytes from the system's generator, as base64url. */
export const randomText = (bytes: number): string => base64url(crypto.getRandomValues(new Uint8Array(bytes)))

export const inProduction = (): boolean =>
  (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env?.['NODE_ENV'] === 'production'

function base64url(bytes: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...bytes))
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
