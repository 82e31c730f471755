import type { SessionData } from './store.ts'

/** A deadline is pushed at most once in one of so many parts of its session's life. */
const PARTS = 10
/**
 * Taken for the life of a session whose cookie has no age, in milliseconds: its store has one for it, mostly a day, and does not say. So it is touched once a minute, which no store
 * that keeps sessions for ten minutes or more can tell from a touch at each request.
 */
const UNKNOWN_LIFE = 10 * 60_000
/** Deadlines that are remembered, at most twice as many: some fifteen megabytes. */
const MOST = 50_000

type CookieKept = SessionData['cookie']

/** What a cookie says but for the moment of its end, which each request moves. */
const ATTRIBUTES = ['originalMaxAge', 'path', 'httpOnly', 'secure', 'sameSite', 'domain', 'partitioned', 'priority'] as const

/** Whether a cookie is the one that the store has, its end apart: the application may have changed it. */
export function isSameCookie(cookie: CookieKept, kept: CookieKept | undefined): boolean {
  if (!kept) return false
  for (const name of ATTRIBUTES) if (cookie[name] !== kept[name]) return false
  return true
}

/** A cookie as it is now, for later comparisons. */
export const cookieNow = ({ cookie }: SessionData): CookieKept | undefined => cookie && { ...cookie, expires: cookie.expires ?? null }

/** When a cookie ends; 0 for one without an end, and not a number where nobody can know. */
export function endOf({ expires }: CookieKept): number {
  return expires ? new Date(expires).valueOf() : 0
}

/** Whether a deadline has to be moved: one that comes nearer at once, as does one of which nothing is known; one that goes further off once in a part of a life of at most `longest`. */
export function isToMove(from: number, to: number, longest = Number.POSITIVE_INFINITY): boolean {
  const longer = to - from
  return !(longer >= 0 && longer < Math.min(to - Date.now(), longest) / PARTS)
}

interface Known {
  /** The end in the data that were there, which not every store moves with the deadline. */
  readonly end: number
  readonly deadline: number
}

/**
 * Until when a store of others keeps its sessions, as far as this process knows: most stores do not tell. Bounded; of a session that is not in here, the deadline is the end that is
 * in its data, as its last save has set it.
 */
export class Deadlines {
  readonly #store: object
  #recent = new Map<string, Known>()
  #older: ReadonlyMap<string, Known> & { delete(sid: string): boolean } = new Map()

  constructor(store: object) {
    this.#store = store
  }

  /** Whether a session has to be touched, for the store to keep it as long as its cookie says or nearly so. */
  isDue(sid: string, cookie: CookieKept, kept: CookieKept | undefined): boolean {
    if (!isSameCookie(cookie, kept)) return true
    const end = endOf(kept as CookieKept)
    const known = this.#recent.get(sid) ?? this.#older.get(sid)
    const from = known?.end === end ? known.deadline : end || Number.NaN
    return isToMove(from, deadlineOf(cookie), longestLife(this.#store))
  }

  /** Notes that a session, whose data have the first cookie, is kept as long as the second one says. */
  note(sid: string, kept: CookieKept | undefined, cookie: CookieKept): void {
    if (this.#recent.size >= MOST) {
      this.#older = this.#recent
      this.#recent = new Map()
    }
    // A copy of the id, which may be no text: a part of a header would keep all of it.
    this.#recent.set(Buffer.from(String(sid)).toString(), { end: kept ? endOf(kept) : 0, deadline: deadlineOf(cookie) })
  }

  /** Notes that a session was saved with a cookie. Where that has an end, the data say so. */
  noteSaved(sid: string, cookie: CookieKept | undefined): void {
    if (!cookie || cookie.expires) this.forget(sid)
    else this.note(sid, cookie, cookie)
  }

  forget(sid: string): void {
    this.#recent.delete(sid)
    this.#older.delete(sid)
  }
}

const deadlineOf = (cookie: CookieKept): number => endOf(cookie) || Date.now() + UNKNOWN_LIFE

/**
 * The longest life that a store may give a session whatever its cookie says, in milliseconds: `ttl` is a number of seconds with connect-redis and its kin. With a function, or as an
 * option of which nobody knows the unit, it may be anything.
 */
function longestLife(store: { ttl?: unknown; options?: { ttl?: unknown } | null }): number {
  if (typeof store.ttl === 'number') return store.ttl * 1000
  return store.ttl == null && store.options?.ttl == null ? Number.POSITIVE_INFINITY : UNKNOWN_LIFE
}
