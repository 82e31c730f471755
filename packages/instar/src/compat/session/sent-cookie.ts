import type { SessionRequest } from './request.ts'
import { type Secret, unsign } from './signature.ts'

/**
 * The session id that a request came with; undefined where there is none, nobody signed it, or the header has two of the name that we signed: one of them was planted, and
 * there is no right guess. What others signed, on another path say, is not ours. Where the header has none, what cookie-parser found counts.
 */
export function sentId(request: SessionRequest, name: string, secrets: readonly Secret[]): string | undefined {
  const sent = valuesOf(request.headers.cookie, name)
  const ids = new Set(sent.map((value) => unsigned(decoded(value), secrets)).filter((id) => id !== undefined))
  if (ids.size > 1) return undefined
  const [id] = ids
  return id ?? (textOf(request.signedCookies?.[name]) || unsigned(textOf(request.cookies?.[name]), secrets) || undefined)
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

function unsigned(value: string | undefined, secrets: readonly Secret[]): string | undefined {
  return (value?.startsWith('s:') && unsign(value.slice(2), secrets)) || undefined
}

function valuesOf(header: string | undefined, name: string): string[] {
  if (!header) return []
  return header.split(';').flatMap((pair) => {
    const equals = pair.indexOf('=')
    return equals !== -1 && pair.slice(0, equals).trim() === name ? [pair.slice(equals + 1).trim()] : []
  })
}

function decoded(value: string): string {
  const plain = value.startsWith('"') && value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value
  try {
    return plain.includes('%') ? decodeURIComponent(plain) : plain
  } catch {
    return plain
  }
}
