const LONGEST = 2048

/**
 * The path when it leads to the same origin and nowhere else; undefined for anything that a browser, a proxy or a framework might read otherwise:
 * another scheme or host, `//`, a backslash, control characters or white space, and each of them percent-encoded, once or twice.
 */
export function sameOriginPath(path: unknown): string | undefined {
  if (typeof path !== 'string' || path.length > LONGEST || !isPlainPath(path)) return undefined
  let decoded = path.split(/[?#]/, 1)[0] as string
  if (leavesOrigin(path)) return undefined
  for (let round = 0; round < 2; round++) {
    try {
      decoded = decodeURIComponent(decoded)
    } catch {
      return undefined
    }
    const reading = decoded.replace(/[ \u00a1-\uffff]/g, '_') // In a file's name a space or a letter of any script is that and no more.
    if (!isPlainPath(reading) || leavesOrigin(reading)) return undefined
  }
  return path
}

/** A slash, then printable ASCII without a backslash: what a Location header can carry. */
const isPlainPath = (path: string): boolean => /^\/[\x21-\x5b\x5d-\x7e]*$/.test(path)

function leavesOrigin(path: string): boolean {
  const resolved = URL.parse(path, 'https://same.invalid')
  return resolved?.origin !== 'https://same.invalid' || resolved.pathname.startsWith('//')
}
