import { hash, randomBytes } from 'node:crypto'

/** SHA-256 of a text's UTF-8 bytes, as base64url. */
export const sha256 = (text: string): string => hash('sha256', text, 'base64url')

/** As many random bytes from the system's generator, as base64url. */
export const randomText = (bytes: number): string => randomBytes(bytes).toString('base64url')

export const toBase64url = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')

/** The bytes of a base64url text; undefined when it is none. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined
  return new Uint8Array(Buffer.from(text, 'base64url'))
}

export const inProduction = (): boolean => process.env['NODE_ENV'] === 'production'
