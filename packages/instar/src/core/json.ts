import { InstarError } from './errors.ts'

/** What a session can hold: JSON, so that every store and every process reads the same. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** A type with everything in it read-only, to any depth; `Json` is so as it stands. */
export type DeepReadonly<T> = Json extends T ? T : T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T

const DEEPEST = 64

/** A frozen copy of a JSON value; throws `bad_value` naming the place of what JSON would make something else. Members that are undefined are left out, and -0 is 0. */
export function frozenCopy(value: unknown, place: string, depth = 0): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value !== 'object') throw unfit(place, typeof value === 'number' ? String(value) : typeof value)
  if (depth > DEEPEST) throw unfit(place, `nested deeper than ${DEEPEST} levels, or in a circle`)
  if (Array.isArray(value)) return Object.freeze(Array.from(value, (item, index) => frozenCopy(item, `${place}[${index}]`, depth + 1)))

  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) throw unfit(place, `a ${prototype.constructor?.name ?? 'class instance'}`)
  const entries = Object.entries(value).filter(([, item]) => item !== undefined)
  return Object.freeze(Object.fromEntries(entries.map(([key, item]) => [key, frozenCopy(item, `${place}.${key}`, depth + 1)])))
}

/** Freezes a value that came from `JSON.parse`; what is frozen already is left alone. */
export function deepFreeze(value: Json): Json {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    for (const item of Object.values(value)) deepFreeze(item)
    Object.freeze(value)
  }
  return value
}

function unfit(place: string, what: string): InstarError {
  return new InstarError(
    'bad_value',
    `${place} is ${what}; a session holds JSON only. Store a plain value instead (a Date as its toISOString(), a Map as Object.fromEntries), or delete the key.`,
  )
}
