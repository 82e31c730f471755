import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'

export type Secret = string | NodeJS.ArrayBufferView | KeyObject

/** Keys that were made already: a Buffer as the key of each HMAC costs many times as much. */
const keys = new Map<string, KeyObject>()
const MOST_KEYS = 100

function keyOf(secret: Secret): Secret {
  if (typeof secret !== 'string') return secret
  let key = keys.get(secret)
  if (!key) {
    key = createSecretKey(Buffer.from(secret))
    if (keys.size < MOST_KEYS) keys.set(secret, key)
  }
  return key
}

/** A value and its HMAC-SHA-256, as cookie-signature writes them: base64 without the filling. */
export function sign(value: string, secret: Secret): string {
  return `${value}.${createHmac('sha256', keyOf(secret)).update(value).digest('base64').replace(/=+$/, '')}`
}

/** The value of a signed one, by any of the secrets; false where none has signed it. Compares in constant time. */
export function unsign(signed: string, secrets: readonly Secret[]): string | false {
  const value = signed.slice(0, Math.max(signed.lastIndexOf('.'), 0))
  const given = Buffer.from(signed)
  for (const secret of secrets) {
    const expected = Buffer.from(sign(value, secret))
    if (given.length === expected.length && timingSafeEqual(given, expected)) return value
  }
  return false
}
