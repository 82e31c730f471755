import { sameOriginPath } from '../../core/return-to.ts'
import { CSRF_KEYS } from '../csrf-keys.ts'
import type { LogInOptions, SessionLike } from './types.ts'

/** What a session holds for the application, by key: neither its methods nor, where it says itself what is to be stored, its inner state. */
export function dataOf(session: SessionLike): ReadonlyMap<string, unknown> {
  const { toJSON } = session
  const held = (typeof toJSON === 'function' ? toJSON.call(session) : session) as SessionLike
  return new Map(Object.keys(held).flatMap((key) => (typeof held[key] === 'function' ? [] : [[key, held[key]]])))
}

/**
 * What of it goes over into the next session. Never: secrets against forged requests, which whoever had the session before may know, and a path to return to that leads to another
 * origin. By default a login takes the path to return to and what `keep` names, but nothing that another user left behind; `keepSessionInfo` takes the rest too, whosever it was.
 */
export function survivorsOf(
  data: ReadonlyMap<string, unknown>,
  { keepSessionInfo, keep = [] }: LogInOptions,
  isOfAnother: boolean,
): ReadonlyMap<string, unknown> {
  if (!Array.isArray(keep)) throw new TypeError("The option keep names keys of the session as a list: keep: ['cart'].")
  if (isOfAnother && !keepSessionInfo) return new Map()
  const named = new Set(keep)
  return new Map(
    [...data].filter(([key, value]) => {
      if (key === '__proto__' || CSRF_KEYS.has(key)) return false
      if (key === 'returnTo') return sameOriginPath(value) !== undefined
      return keepSessionInfo || (named.has(key) && key !== 'cookie')
    }),
  )
}

/** Removes what a session holds, leaving its methods and its cookie's settings. */
export function clear(session: SessionLike): void {
  for (const [key, value] of dataOf(session)) if (key !== 'cookie' || typeof value !== 'object') delete session[key]
}

/** Puts what survived into the session. */
export function restore(session: SessionLike, survivors: ReadonlyMap<string, unknown>): void {
  for (const [key, value] of survivors) session[key] = value
}
