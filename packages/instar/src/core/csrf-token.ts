import { randomText, sha256 } from '#platform'
import { sameHash } from './token.ts'

// The salt makes two tokens of one session look unrelated, so that a compressed page gives nothing away (BREACH).
const SALT_BYTES = 12
const SALT_LENGTH = 16
const FORM = /^[A-Za-z0-9_-]{59}$/

/** A fresh token that belongs to a session's secret and ends with it. */
export function makeCsrfToken(secret: string): string {
  const salt = randomText(SALT_BYTES)
  return salt + digest(secret, salt)
}

/** Whether a token was made from this secret; malformed ones are simply false. */
export function isCsrfToken(secret: string, token: unknown): boolean {
  if (typeof token !== 'string' || !FORM.test(token)) return false
  return sameHash(token.slice(SALT_LENGTH), digest(secret, token.slice(0, SALT_LENGTH)))
}

const digest = (secret: string, salt: string): string => sha256(`${salt}.${sha256(`instar csrf ${secret}`)}`)
