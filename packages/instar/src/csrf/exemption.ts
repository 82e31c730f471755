import { rawPathOf } from '../core/http.ts'

/**
 * Whether a path is one of those exempted. Compared as it was sent; a path that a router could read otherwise (dot segments, doubled slashes, percent forms, backslashes) is never exempt.
 */
export function isExempt(url: string, exempt: readonly string[]): boolean {
  if (exempt.length === 0) return false
  const path = rawPathOf(url)
  if (/\/\/|\/\.|[%\\;]/.test(path)) return false
  return exempt.some((entry) => (entry.endsWith('/*') ? path.startsWith(entry.slice(0, -1)) : path === entry))
}
