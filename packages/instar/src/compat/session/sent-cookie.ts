import type { SessionRequest } from './request.ts'
import { type Secret, unsign } from './signature.ts'

/**
 * The session id that a request came with; undefined where there is none, nobody signed it, or the header has two of the name that we signed: one of them was planted, and
 * there is no right guess. What others signed, on another path say, is not ours. Where the header has none, what cookie-parser found counts.
 */
export function sentId(request: SessionRequest, name: string, secrets: readonly Secret[]): string | undefined {
  let id: string | undefined
  for (const value of valuesOf(request.headers.cookie, name)) {
    const signed = unsigned(decoded(value), secrets)
    if (signed !== undefined && id !== undefined && signed !== id) return undefined
    id ??= signed
  }
  return id ?? (textOf(request.signedCookies?.[name]) || unsigned(textOf(request.cookies?.[name]), secrets) || undefined)
}

const NONE: readonly string[] = []

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

function unsigned(value: string | undefined, secrets: readonly Secret[]): string | undefined {
  return (value?.startsWith('s:') && unsign(value.slice(2), secrets)) || undefined
}

function valuesOf(header: string | undefined, name: string): readonly string[] {
  if (!header?.includes(name)) return NONE
  const values: string[] = []
  for (let start = 0; start < header.length; ) {
    const semicolon = header.indexOf(';', start)
    const end = semicolon === -1 ? header.length : semicolon
    const equals = header.indexOf('=', start)
    if (equals !== -1 && equals < end && withoutBlanks(header, start, equals) === name) values.push(withoutBlanks(header, equals + 1, end))
    start = end + 1
  }
  return values
}

/** Of blanks alone: to take another byte for white space, such as 0xA0, would make another cookie ours, which the browser does not protect (CVE-2026-39410). */
function withoutBlanks(header: string, from: number, to: number): string {
  let [start, end] = [from, to]
  while (start < end && isBlank(header.charCodeAt(start))) start++
  while (end > start && isBlank(header.charCodeAt(end - 1))) end--
  return header.slice(start, end)
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09

function decoded(value: string): string {
  const plain = value.startsWith('"') && value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value
  try {
    return plain.includes('%') ? decodeURIComponent(plain) : plain
  } catch {
    return plain
  }
}
