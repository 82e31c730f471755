const LONGEST = 2048

/**
 * The path when it leads to the same origin and nowhere else; undefined for anything that a browser, a proxy or a framework might read otherwise:
 * another scheme or host, `//`, a backslash, control characters or white space, and each of them percent-encoded, once or twice.
 */
export function sameOriginPath(path: unknown): string | undefined {
  if (typeof path !== 'string' || path.length > LONGEST || !isPlainPath(path)) return undefined
  const beforeQuery = path.split(/[?#]/, 1)[0] as string
  let decoded = beforeQuery
  for (let round = 0; round < 2; round++) {
    try {
      decoded = decodeURIComponent(decoded)
    } catch {
      return undefined
    }
    if (!isPlainPath(decoded.replaceAll(' ', '+'))) return undefined // An encoded space is a space in a file's name, no more.
  }
  const resolved = new URL(path, 'https://same.invalid')
  return resolved.origin === 'https://same.invalid' && !resolved.pathname.startsWith('//') ? path : undefined
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
const isPlainPath = (path: string): boolean => /^\/(?![/\\])[^\\\u0000-\u0020\u007f-\u00a0\u2028\u2029\ufeff]*$/.test(path)
