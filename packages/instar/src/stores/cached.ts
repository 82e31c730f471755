import { InstarError } from '../core/errors.ts'
import type { NearStore, SessionRow, SessionStore } from '../core/session-store.ts'
import type { RowChanges } from './row-changes.ts'

export type { RowChanges, RowListener } from './row-changes.ts'

export interface CachedStoreOptions {
  /** The engine's word of rows that changed, in any process: `redisChanges()` or `postgresChanges()`. Required. */
  readonly changes: RowChanges
  /** How old a remembered row may be when a request is answered by it, in milliseconds, whether or not the engine's word of a change arrives: 1 to 60,000. Default 5,000. */
  readonly maxStaleness?: number
  /** How much memory the remembered rows may take, in bytes by a generous estimate; the oldest give way. Default 67,108,864. */
  readonly maxSize?: number
  /** The clock, in Unix milliseconds. Default `Date.now`. */
  readonly now?: () => number
}

/** A store that remembers rows, until it is stopped. */
export interface CachedStore extends NearStore {
  /** Stops hearing of changes and remembers nothing more; the store goes on, and the connections that the changes came by are closed. */
  stop(): Promise<void>
}

const LONGEST = 60_000
/** What a row is counted as, and a character of its payload with what is parsed of it: many small keys take so much. */
const [ROW_SIZE, CHARACTER_SIZE] = [1_024, 10]
/** So many rows are asked for at once at most, and remembered. */
const MOST_ASKED = 10_000

/**
 * A store with a cache in this process, for sites whose users send many requests within seconds: a GET, HEAD or OPTIONS with the very secret of a remembered login asks the engine for nothing.
 * Everything else does: `find`, each unsafe request, each write, and whatever the remembered row does not allow.
 *
 * A session that another process ended is told by the engine, within milliseconds; where that word is lost, requests that only read are let in with it for `maxStaleness` after the row was asked for,
 * and never longer. While the engine's word does not come (no connection yet, or a broken one) nothing is remembered. What this process ends, it forgets before it answers.
 * Throws `bad_option`.
 */
export function cachedStore(store: SessionStore, options: CachedStoreOptions): CachedStore {
  const { changes, maxStaleness = 5_000, maxSize = 2 ** 26, now = () => Date.now() } = options
  if (typeof changes?.follow !== 'function') throw new InstarError('bad_option', 'changes is missing. Give redisChanges(client) or postgresChanges(connect).')
  if (!Number.isSafeInteger(maxStaleness) || maxStaleness < 1 || maxStaleness > LONGEST)
    throw new InstarError('bad_option', `maxStaleness is ${JSON.stringify(maxStaleness)}. Use milliseconds, from 1 to ${LONGEST}.`)
  if (!Number.isSafeInteger(maxSize) || maxSize < 1)
    throw new InstarError('bad_option', `maxSize is ${JSON.stringify(maxSize)}. Use a whole number of bytes from 1.`)
  return new Cached(store, changes, maxStaleness, maxSize, now)
}

interface Remembered {
  readonly row: SessionRow
  readonly asked: Moment
}

/** By two clocks: the one may be set back, and the other may stand still while the machine sleeps. */
interface Moment {
  readonly wall: number
  readonly steady: number
}

class Cached implements CachedStore {
  readonly #store: SessionStore
  readonly #maxStaleness: number
  readonly #maxSize: number
  readonly #now: () => number
  /** In the order in which they were found. */
  readonly #rows = new Map<string, Remembered>()
  /** Of each id, the finds under way of which none began before a change was heard of. */
  readonly #asking = new Map<string, { count: number }>()
  readonly #stopFollowing: () => Promise<void>
  #size = 0
  #isTold = false
  /** Whether anybody wants to know what is remembered: with encrypted payloads nobody does. */
  #isAsked = false

  constructor(store: SessionStore, changes: RowChanges, maxStaleness: number, maxSize: number, now: () => number) {
    this.#store = store
    this.#maxStaleness = maxStaleness
    this.#maxSize = maxSize
    this.#now = now
    this.#stopFollowing = changes.follow({
      live: () => {
        this.#isTold = true
      },
      lost: () => this.#lost(),
      changed: (id) => this.#forget(id),
      changedAll: () => this.#forgetAll(),
    })
  }

  near(id: string): SessionRow | undefined {
    this.#isAsked = true
    const remembered = this.#rows.get(id)
    if (!remembered) return undefined
    if (this.#isFresh(remembered.asked)) return remembered.row
    this.#drop(id)
    return undefined
  }

  find(id: string): Promise<SessionRow | undefined> | SessionRow | undefined {
    return this.#isTold && this.#isAsked ? this.#findAndRemember(id) : this.#store.find(id)
  }

  create(row: SessionRow): Promise<void> {
    return this.#store.create(row)
  }

  update(row: SessionRow): Promise<boolean> {
    return this.#whileForgotten(
      () => this.#forget(row.id),
      () => this.#store.update(row),
    )
  }

  delete(id: string): Promise<boolean> {
    return this.#whileForgotten(
      () => this.#forget(id),
      () => this.#store.delete(id),
    )
  }

  listByUser(userId: string): Promise<SessionRow[]> {
    return this.#store.listByUser(userId)
  }

  deleteByUser(userId: string, except?: string): Promise<number> {
    return this.#whileForgotten(
      () => this.#forgetUser(userId),
      () => this.#store.deleteByUser(userId, except),
    )
  }

  deleteAll(): Promise<number> {
    return this.#whileForgotten(
      () => this.#forgetAll(),
      () => this.#store.deleteAll(),
    )
  }

  deleteExpired(): Promise<number> {
    return this.#store.deleteExpired()
  }

  async stop(): Promise<void> {
    this.#lost()
    await this.#stopFollowing()
  }

  async #findAndRemember(id: string): Promise<SessionRow | undefined> {
    const asked = this.#moment()
    let asking = this.#asking.get(id)
    if (this.#asking.size >= MOST_ASKED) this.#asking.clear() // Of a store that never answers.
    if (!asking) this.#asking.set(id, (asking = { count: 0 }))
    asking.count++
    try {
      const row = await this.#store.find(id)
      // What has ended is forgotten, told or not; a tombstone opens nothing.
      if (!row || row.secretHash === '') this.#forget(id)
      // Where a change was heard of meanwhile, the answer may be of before it.
      else if (this.#asking.get(id) === asking) this.#remember(Object.freeze(row), asked)
      return row
    } finally {
      asking.count--
      if (asking.count === 0 && this.#asking.get(id) === asking) this.#asking.delete(id)
    }
  }

  #remember(row: SessionRow, asked: Moment): void {
    if ((this.#rows.get(row.id)?.row.version ?? 0) > row.version) return // An answer that was overtaken.
    this.#drop(row.id)
    this.#rows.set(row.id, { row, asked })
    this.#size += sizeOf(row)
    for (const [id, oldest] of this.#rows) {
      if (this.#size <= this.#maxSize && this.#isFresh(oldest.asked)) return
      this.#drop(id)
    }
  }

  /** Before a write is begun, and when it has come to its end: what is found in between may be of before it. */
  async #whileForgotten<Result>(forget: () => void, write: () => Promise<Result>): Promise<Result> {
    forget()
    try {
      return await write()
    } finally {
      forget()
    }
  }

  #forget(id: string): void {
    this.#drop(id)
    this.#asking.delete(id)
  }

  #forgetUser(userId: string): void {
    for (const [id, { row }] of this.#rows) if (row.userId === userId) this.#drop(id)
    this.#asking.clear() // Whose those are is not known yet.
  }

  #forgetAll(): void {
    this.#rows.clear()
    this.#asking.clear()
    this.#size = 0
  }

  #lost(): void {
    this.#isTold = false
    this.#forgetAll()
  }

  #drop(id: string): void {
    const remembered = this.#rows.get(id)
    if (!remembered) return
    this.#rows.delete(id)
    this.#size -= sizeOf(remembered.row)
  }

  #moment(): Moment {
    return { wall: this.#now(), steady: performance.now() }
  }

  #isFresh({ wall, steady }: Moment): boolean {
    const age = this.#now() - wall
    return age >= 0 && age < this.#maxStaleness && performance.now() - steady < this.#maxStaleness
  }
}

const sizeOf = ({ payload }: SessionRow): number => payload.length * CHARACTER_SIZE + ROW_SIZE
