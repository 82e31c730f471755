import { ENDED_MEMORY } from './ended-ids.ts'
import type { Callback } from './request.ts'
import type { SessionData, Store } from './store.ts'

/** Under this key an id that ended says so, in a store of others. */
const ENDED = '__instar'

/** What is left of a session under its id: that it ended. The store forgets that too, in time. */
export function newMark(): SessionData {
  const cookie = { originalMaxAge: ENDED_MEMORY, maxAge: ENDED_MEMORY, expires: new Date(Date.now() + ENDED_MEMORY), httpOnly: true, path: '/' }
  return { cookie, [ENDED]: { ended: true } }
}

export const isMark = (data: unknown): boolean => (data as { [ENDED]?: { ended?: unknown } } | null | undefined)?.[ENDED]?.ended === true

/** Whoever asks the store whether there is a session is shown no mark; `onMark` hears of it. */
export function hideMarks(store: Store, onMark: (sid: string) => void): void {
  const { get, all } = store
  store.get = (sid, callback) =>
    passed(
      callback,
      (done) => get.call(store, sid, done),
      (data) => {
        if (!isMark(data)) return data
        onMark(sid)
        return null
      },
    )
  if (typeof all === 'function') store.all = (callback) => passed(callback, (done) => all.call(store, done), withoutMarks)
}

/** The sessions of `all`, which some stores give as a list and some by id. */
function withoutMarks(found: unknown): unknown {
  if (Array.isArray(found)) return found.filter((data) => !isMark(data))
  if (typeof found !== 'object' || found === null) return found
  return Object.fromEntries(Object.entries(found).filter(([, data]) => !isMark(data)))
}

/** Calls a store, by callback or for a promise as the caller wants it, and changes what comes back. */
function passed<Result>(
  callback: Callback<Result> | undefined,
  call: (done: Callback<Result>) => unknown,
  change: (found: Result | null | undefined) => unknown,
): unknown {
  const done = typeof callback === 'function' ? (error?: unknown, found?: Result) => callback(error, change(found) as Result) : callback
  const answered = call(done as Callback<Result>)
  return answered instanceof Promise ? answered.then(change) : answered
}
