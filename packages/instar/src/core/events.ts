/** What every event says: when, on which row, and of which user, as far as it is known. `handle` is public and opens nothing. */
interface Seen {
  readonly at: number
  readonly handle?: string
  readonly userId?: string
  /** The start of the request's User-Agent, when a request was the occasion. */
  readonly userAgent?: string
}

/** Why what a request wrote was not applied. */
export type DropReason = 'session_ended' | 'superseded_token' | 'login' | 'logout' | 'server_error' | 'commit_failed' | 'credentials_changed' | 'refused'

/** The fields of each event beside those that all have. */
export interface SessionEventFields {
  /** An anonymous session was stored, because something was written to it. */
  'session.created': object
  /** A login was stored under a new id; `replaced` is the row that it retired. */
  'session.login': { readonly method: string; readonly remember: boolean; readonly replaced?: string }
  /** A session ended by its own logout; `everywhere` when the user's others were ended too. */
  'session.logout': { readonly everywhere: boolean }
  /** A step-up was stored; it takes effect when its new secret is presented. */
  'session.elevated': { readonly method: string; readonly level: number }
  /** Sessions were ended from outside: one (`handle`), a user's (`userId`) or everyone's (neither). */
  'session.revoked': { readonly count: number; readonly reason: 'revoked' | 'limit' | 'credentials_changed' }
  /** An anonymous session, `replaced`, moved to a new id, because a login began in it. */
  'session.renewed': { readonly replaced: string }
  /** The token of a session that a login, a logout or a renewal had retired came back: a late request, or someone who planted or copied it. */
  'session.superseded_token': { readonly retiredBy: 'login' | 'logout' | 'renewal'; readonly successor?: string }
  /** The handle of a live session came with a secret that does not open it; `known` when it opened the session before the last elevation. */
  'session.stale_secret': { readonly known: boolean }
  /** Two session cookies of one name came; neither was believed. */
  'session.duplicate_cookie': { readonly cookie: string }
  /** A cookie came whose name only resembles ours; it was not read. */
  'session.look_alike_cookie': { readonly cookie: string }
  /** What a request wrote was not applied; `keys` names what it wrote. */
  'session.delta_dropped': { readonly reason: DropReason; readonly keys: readonly string[] }
  /** A login met the limit of sessions per user: it was refused, or other sessions were ended for it. */
  'session.limit_reached': { readonly outcome: 'refused' | 'ended_others'; readonly limit: number }
  /** An unsafe request was refused. */
  'csrf.refused': { readonly signal: 'sec-fetch-site' | 'origin' | 'token'; readonly origin?: string; readonly method: string }
  /** On localhost only: a browser that had just logged in came back without the cookie. */
  'development.login_not_kept': { readonly hint: string }
}

export type SessionEventType = keyof SessionEventFields

/** Something the library saw; narrow it by `type`. Never holds a secret, a token or a cookie's value. */
export type SessionEvent = { [Type in SessionEventType]: Seen & { readonly type: Type } & SessionEventFields[Type] }[SessionEventType]

/** Called synchronously with each event; what it throws is printed and otherwise ignored. */
export type EventListener = (event: SessionEvent) => void

/** An event as its place of origin knows it; the emitter adds the time. */
export type Occurrence = SessionEvent extends infer Event ? (Event extends SessionEvent ? Omit<Event, 'at'> : never) : never

export function emitter(listener: EventListener | undefined, now: () => number): (occurrence: Occurrence) => void {
  if (!listener) return () => {}
  return (occurrence) => {
    try {
      listener({ ...occurrence, at: now() } as SessionEvent)
    } catch (error) {
      console.error('instar: onEvent threw; the request goes on.', error)
    }
  }
}
