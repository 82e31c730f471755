import { loadUnchanged } from './credentials.ts'
import type { Ending } from './endings.ts'
import { InstarError } from './errors.ts'
import { type Duration, milliseconds } from './lifetime.ts'
import type { Policy } from './policy.ts'
import { type Session, unitOf } from './session.ts'
import { policyOf, type SessionManager } from './session-manager.ts'
import { isTombstone, tryDecodeRecord } from './session-record.ts'
import { sameHash } from './token.ts'

export interface SessionWatchOptions {
  /** How often the store is asked whether the watched sessions still live: the longest time for which an ending that no feed told of goes unnoticed. Default `10s`. */
  readonly interval?: Duration
}

/** Why what hung on a session is to end: the session did, or for six intervals the store could not say. */
export type EndReason = 'session_ended' | 'store_unavailable'

/** A session as it was when it was opened, and what ends with it. */
interface Watched {
  readonly handle: string
  readonly userId: string | null
  readonly secretHash: string
  readonly stamp: string | undefined
  readonly ends: Set<(reason: EndReason) => void>
  /** When the store last said that it lives, by the monotonic clock. */
  seenAlive: number
  /** The look that is under way, and whether another was asked for meanwhile. */
  look?: Promise<void> | undefined
  isAskedAgain?: boolean
}

/** So many sessions are asked for at once. */
const AT_ONCE = 50
/** After so many intervals without an answer of the store nobody can say that the session lives. */
const PATIENCE = 6

/**
 * Tells what outlives a request, such as a socket, when its session has ended: by a logout, a revocation, a login over it, another stamp of the credentials, or expiry; or when an
 * elevation has replaced the secret that it was opened with. Endings in this process are noticed at once, those that the manager's feed tells of as soon as it does, and all others within the interval.
 */
export class SessionWatch<Data extends object, User> {
  readonly #policy: Policy<User>
  readonly #interval: number
  readonly #watched = new Map<string, Watched>()
  readonly #stops: (() => unknown)[] = []
  #isLooking = false
  #isClosed = false

  constructor(sessions: SessionManager<Data, User>, { interval = '10s' }: SessionWatchOptions = {}) {
    this.#policy = policyOf(sessions)
    this.#interval = checkedInterval(interval)
    const timer = setInterval(() => this.#tick(), this.#interval)
    ;(timer as { unref?(): void }).unref?.() // What is watched keeps the process alive, not the watch.
    this.#stops.push(
      () => clearInterval(timer),
      this.#policy.endings.listen((ending) => this.#heard(ending)),
    )
    void this.#subscribe()
  }

  /**
   * Calls `end` once, when the session of a request has ended, or at once if it has already. Nothing happens to a visitor without a stored session.
   * Returns what stops the watch.
   */
  watch(session: Session<Data, User>, end: (reason: EndReason) => void): () => void {
    const { live } = unitOf(session)
    if (!live || this.#isClosed) return () => {}
    const { id, userId, secretHash } = live.row
    const key = `${id}.${secretHash}`
    let watched = this.#watched.get(key)
    if (!watched) {
      watched = { handle: id, userId, secretHash, stamp: live.record.stamp, ends: new Set(), seenAlive: performance.now() }
      this.#watched.set(key, watched)
    }
    const once = (reason: EndReason): void => end(reason)
    watched.ends.add(once)
    void this.#look(watched) // It may have ended since it was opened.
    return () => {
      watched.ends.delete(once)
      if (watched.ends.size === 0 && this.#watched.get(key) === watched) this.#watched.delete(key)
    }
  }

  /** How many sessions are watched. */
  get size(): number {
    return this.#watched.size
  }

  /** Stops watching; nothing is ended. */
  close(): void {
    this.#isClosed = true
    this.#watched.clear()
    for (const stop of this.#stops.splice(0)) stop()
  }

  async #subscribe(): Promise<void> {
    const { feed } = this.#policy.endings
    if (!feed) return
    try {
      const stop = await feed.subscribe((ending) => this.#heard(ending))
      if (this.#isClosed) stop()
      else this.#stops.push(stop)
    } catch (error) {
      console.error('instar: the feed could not be subscribed to; endings in other processes are found at the interval.', error)
    }
  }

  #heard({ handle, userId }: Ending): void {
    const isMeant = (watched: Watched): boolean => (handle === undefined || watched.handle === handle) && (userId === undefined || watched.userId === userId)
    void this.#lookAt([...this.#watched.values()].filter(isMeant))
  }

  /** Ends what has not been seen alive for too long, whatever the looks under way wait for; then looks again. */
  #tick(): void {
    const oldest = performance.now() - PATIENCE * this.#interval
    for (const watched of [...this.#watched.values()]) if (watched.seenAlive <= oldest) this.#end(watched, 'store_unavailable')
    void this.#lookAtAll()
  }

  async #lookAtAll(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    try {
      await this.#lookAt([...this.#watched.values()])
    } finally {
      this.#isLooking = false
    }
  }

  async #lookAt(all: readonly Watched[]): Promise<void> {
    for (let at = 0; at < all.length; at += AT_ONCE) await Promise.all(all.slice(at, at + AT_ONCE).map((watched) => this.#look(watched)))
  }

  /** Looks at one session; who asks while a look is under way waits for one more. */
  #look(watched: Watched): Promise<void> {
    if (watched.look) {
      watched.isAskedAgain = true
      return watched.look
    }
    watched.look = this.#lookUntilNobodyAsks(watched).finally(() => {
      watched.look = undefined
    })
    return watched.look
  }

  async #lookUntilNobodyAsks(watched: Watched): Promise<void> {
    do {
      watched.isAskedAgain = false
      const asked = performance.now()
      try {
        if (!(await within(this.#lives(watched), this.#interval))) return this.#end(watched, 'session_ended')
        watched.seenAlive = asked
      } catch {} // The store or the account could not be asked: the timer ends it in time.
    } while (watched.isAskedAgain)
  }

  async #lives({ handle, userId, secretHash, stamp }: Watched): Promise<boolean> {
    const policy = this.#policy
    const row = await policy.store.find(handle)
    if (!row || isTombstone(row) || row.expiresAt <= policy.now() || !sameHash(row.secretHash, secretHash) || !tryDecodeRecord(row)) return false
    return userId === null || !policy.loadUser || (await loadUnchanged(policy, userId, stamp)) !== undefined
  }

  #end(watched: Watched, reason: EndReason): void {
    const key = `${watched.handle}.${watched.secretHash}`
    if (this.#watched.get(key) === watched) this.#watched.delete(key)
    const ends = [...watched.ends]
    watched.ends.clear()
    for (const end of ends) {
      try {
        end(reason)
      } catch (error) {
        console.error('instar: what was to end with its session threw.', error)
      }
    }
  }
}

/** What a timer can wait for, in milliseconds. */
const LONGEST = 2 ** 31 - 1

function checkedInterval(interval: Duration): number {
  const checked = milliseconds('interval', interval)
  if (checked <= LONGEST) return checked
  throw new InstarError('bad_option', `interval is ${JSON.stringify(interval)}, which is longer than a timer can wait. Use '24d' or less.`)
}

/** What an answer comes to, or a rejection where it takes too long: `loadUser` is the application's, and may never answer. */
async function within<Result>(answer: Promise<Result>, patience: number): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('No answer in time.')), patience)
    ;(timer as { unref?(): void }).unref?.()
  })
  try {
    return await Promise.race([answer, end])
  } finally {
    clearTimeout(timer)
  }
}
