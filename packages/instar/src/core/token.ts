import { randomText, sha256 } from '#platform'

/** What a session cookie holds: the public handle of a row and the secret that opens it. */
export interface SessionToken {
  readonly id: string
  readonly secret: string
}

const ID_BYTES = 16
const SECRET_BYTES = 32
const ID_LENGTH = 22
const LENGTH = ID_LENGTH + 1 + 43
const DOT = 0x2e

/** 128 random bits for the handle (ASVS 7.2.3) and 256 for the secret. */
export const mintToken = (): SessionToken => ({ id: randomText(ID_BYTES), secret: mintSecret() })

export const mintSecret = (): string => randomText(SECRET_BYTES)

export const formatToken = (token: SessionToken): string => `${token.id}.${token.secret}`

/** Reads a cookie's value to the letter; anything but a token as we write it is undefined. */
export function parseToken(value: string | undefined): SessionToken | undefined {
  if (value?.length !== LENGTH || value.charCodeAt(ID_LENGTH) !== DOT) return undefined
  for (let at = 0; at < LENGTH; at++) if (at !== ID_LENGTH && !isBase64url(value.charCodeAt(at))) return undefined
  return { id: value.slice(0, ID_LENGTH), secret: value.slice(ID_LENGTH + 1) }
}

/** A letter, a digit, `-` or `_`. */
const isBase64url = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x5f

/** Whether a text could be the id of a row: what comes from a form is not handed to a store before. */
export const isHandle = (text: unknown): text is string => typeof text === 'string' && /^[A-Za-z0-9_-]{22}$/.test(text)

export const hashSecret = (secret: string): string => sha256(secret)

/** Compares two hashes in a time that depends on their length alone. */
export function sameHash(left: string, right: string): boolean {
  if (left.length !== right.length) return false
  let difference = 0
  for (let at = 0; at < left.length; at++) difference |= left.charCodeAt(at) ^ right.charCodeAt(at)
  return difference === 0
}
