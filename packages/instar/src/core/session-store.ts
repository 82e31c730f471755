/** One session as a store keeps it. Opaque to stores but for its columns; nothing in it opens a session. */
export interface SessionRow {
  /** 128 random bits as base64url: the public handle and primary key; it never moves. Compare it byte for byte. */
  readonly id: string
  /** Whose login this is, or null for an anonymous session; written by `create` alone. */
  readonly userId: string | null
  /** SHA-256 of the secret, as base64url. Empty in a tombstone: nothing matches it, and a bounded store may drop it first. */
  readonly secretHash: string
  /** 1 when created, one more with each update. */
  readonly version: number
  /** Unix time in milliseconds: the earlier of the idle and the absolute deadline; it moves with use. */
  readonly expiresAt: number
  /** Unix time in milliseconds: the absolute deadline; written by `create` alone. */
  readonly endsAt: number
  /** Text of the core's; opaque to stores. */
  readonly payload: string
}

/**
 * Where rows live. Eight operations; each on one row is atomic by itself, and none needs a transaction.
 *
 * A rejection always means that the store failed and that the outcome is unknown; absence is never a rejection.
 * A row whose `expiresAt` has passed is absent to every operation but those that remove, whether or not it was removed yet.
 */
export interface SessionStore {
  /** Inserts a row; rejects if the id is taken, and never overwrites. */
  create(row: SessionRow): Promise<void>
  /** The row, or undefined when it is unknown or expired. A store within the process may answer at once; what it throws then counts as a rejection. */
  find(id: string): Promise<SessionRow | undefined> | SessionRow | undefined
  /**
   * Compares and sets: where the stored version is still `row.version`, writes `secretHash`, `expiresAt` and `payload`
   * and makes the version one more. False: gone, expired or moved on. Never inserts; leaves `userId` and `endsAt` alone.
   */
  update(row: SessionRow): Promise<boolean>
  /**
   * Removes a row; true for exactly one of all callers, false when it was gone or expired. One that has expired by the caller's clock is removed too:
   * by the clock of another process it may live on.
   */
  delete(id: string): Promise<boolean>
  /** The rows of a user, in any order; tombstones included. */
  listByUser(userId: string): Promise<SessionRow[]>
  /** Removes a user's rows, the expired ones too, but for the one whose id is `except`; how many. A row made by a `create` that was answered before this call is never missed. */
  deleteByUser(userId: string, except?: string): Promise<number>
  /** Removes every row, the anonymous ones too; how many. */
  deleteAll(): Promise<number>
  /** Removes what has expired; how many. 0 where the engine expires rows by itself. */
  deleteExpired(): Promise<number>
}

/** A store that also remembers, in this process, rows as they were found not long ago. `find` and all else answer as of now. */
export interface NearStore extends SessionStore {
  /**
   * A row as this process found it, or undefined. It may have ended since, for no longer than the store states, so it decides nothing but who a request that only reads comes from;
   * that nothing is remembered says nothing. Never throws.
   */
  near(id: string): SessionRow | undefined
}
