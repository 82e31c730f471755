/** What a Cookie header holds of one name. */
export interface CookieReading {
  /** The value to the letter; undefined when the cookie is absent or came twice. */
  readonly value: string | undefined
  /** The name came at all, in whatever state. */
  readonly present: boolean
  readonly duplicate: boolean
  /** One came whose name some parser might take for ours. It is told of and never read, and the cookie that has the name is read all the same: it must not keep anybody out. */
  readonly lookAlike: boolean
}

const ABSENT: CookieReading = { value: undefined, present: false, duplicate: false, lookAlike: false }

/**
 * Reads one cookie by its exact name, as the server side of RFC 6265bis has it: pairs stand between semicolons, with spaces and tabs before them.
 * Nothing is decoded, unquoted or trimmed, since each of these has made a planted cookie look like the real one (CVE-2026-39410).
 */
export function readCookie(header: string | null | undefined, name: string): CookieReading {
  if (!header || header.length <= name.length) return ABSENT
  let value: string | undefined
  let count = 0
  let lookAlike = false
  for (let start = 0; start < header.length; ) {
    const semicolon = header.indexOf(';', start)
    const end = semicolon === -1 ? header.length : semicolon
    while (start < end && isBlank(header.charCodeAt(start))) start++
    if (end - start > name.length) {
      if (header.startsWith(name, start) && header.charCodeAt(start + name.length) === EQUALS) {
        value = header.slice(start + name.length + 1, end)
        count++
      } else if (resembles(header, start, end, name)) lookAlike = true
    }
    start = end + 1
  }
  const trusted = count === 1
  return { value: trusted ? value : undefined, present: count > 0 || lookAlike, duplicate: count > 1, lookAlike }
}

const EQUALS = 0x3d
const PERCENT = 0x25
const DOUBLE_QUOTE = 0x22
const SINGLE_QUOTE = 0x27
const isBlank = (code: number): boolean => code === 0x20 || code === 0x09

/** Whether some parser somewhere would take the pair's name for ours: other case, white space or other bytes around it, quotes, percent forms. */
function resembles(header: string, start: number, end: number, name: string): boolean {
  const equals = header.indexOf('=', start)
  if (equals === -1 || equals >= end || equals - start < name.length) return false
  // A longer name without odd characters stays longer; nearly all cookies of others end here.
  if (equals - start > name.length && !hasOddCharacters(header, start, equals)) return false
  const candidate = header.slice(start, equals)
  return (candidate.length === name.length ? candidate.toLowerCase() : plain(candidate)) === name.toLowerCase()
}

/** Whether some characters of a name are such as `plain` takes out. */
function hasOddCharacters(header: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = header.charCodeAt(at)
    if (code <= 0x20 || code >= 0x7f || code === PERCENT || code === DOUBLE_QUOTE || code === SINGLE_QUOTE) return true
  }
  return false
}

function plain(name: string): string {
  const decoded = name.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return decoded.replace(/[^\x21-\x7e]|["']/g, '').toLowerCase()
}
