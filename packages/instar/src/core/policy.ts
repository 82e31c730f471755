import type { SessionCookies } from './cookie.ts'
import type { Endings } from './endings.ts'
import { InstarError } from './errors.ts'
import type { Occurrence } from './events.ts'
import type { Lifetimes } from './lifetime.ts'
import type { RowQueue } from './row-queue.ts'
import type { NearStore, SessionStore } from './session-store.ts'

/** What `loadUser` returns: the user, and the stamp of the credentials as they are now. */
export interface LoadedUser<User> {
  readonly user: User
  /** Changes with the credentials: the version of the password, say. */
  readonly stamp?: string
}

/** How many sessions one user may have, and what a login beyond that does. */
export interface SessionLimit {
  readonly perUser: number
  readonly atLimit: 'refuse' | 'end-oldest'
}

/** A manager's options, checked, with everything that its sessions share. */
export interface Policy<User> {
  readonly store: SessionStore
  /** What the store remembers of rows in this process, if it does. */
  readonly near: NearStore['near'] | undefined
  readonly cookies: SessionCookies
  readonly lifetimes: Lifetimes
  readonly queue: RowQueue
  readonly origin: string | undefined
  /** Browsers are asked for Secure cookies; false with the development switch alone. */
  readonly secure: boolean
  readonly limit: SessionLimit | undefined
  /** How many bytes the application may keep in one session. */
  readonly payloadLimit: number
  readonly loadUser: ((userId: string) => Promise<LoadedUser<User> | null | undefined> | LoadedUser<User> | null | undefined) | undefined
  readonly now: () => number
  readonly emit: (occurrence: Occurrence) => void
  readonly endings: Endings
}

/** How long a commit goes on against other processes before it answers 503, in milliseconds of the monotonic clock. */
const PATIENCE = 5_000

/** Returns a check to be made before each further try; throws `conflict` once the patience is at its end. */
export function conflictDeadline(what: string): () => void {
  const end = performance.now() + PATIENCE
  return () => {
    if (performance.now() < end) return
    throw new InstarError('conflict', `${what} met changes by other requests for ${PATIENCE / 1000} seconds and gave up. Nothing of it was stored; try again.`)
  }
}
