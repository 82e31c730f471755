import { hash, randomBytes, randomFillSync } from 'node:crypto'

/** SHA-256 of a text's UTF-8 bytes, as base64url. */
export const sha256 = (text: string): string => hash('sha256', text, 'base64url')

/** Random bytes that nobody has been given yet: a call of the generator costs the same for one as for many. */
const pool = Buffer.allocUnsafeSlow(4096)
let used = pool.length

/** As many random bytes from the system's generator, as base64url; each byte is given once, and then overwritten. */
export function randomText(bytes: number): string {
  if (bytes > pool.length) return randomBytes(bytes).toString('base64url')
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const text = pool.toString('base64url', used, used + bytes)
  pool.fill(0, used, used + bytes)
  used += bytes
  return text
}

export const toBase64url = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')

/** The bytes of a base64url text; undefined when it is none. */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined
  return new Uint8Array(Buffer.from(text, 'base64url'))
}

export const inProduction = (): boolean => process.env['NODE_ENV'] === 'production'
