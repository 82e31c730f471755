import { createHash } from 'node:crypto'
import { InstarError } from '../../core/errors.ts'
import type { Json } from '../../core/json.ts'
import { RecordData } from '../../core/record-data.ts'
import { RowQueue } from '../../core/row-queue.ts'
import { decodeRecord, encodeRecord, entomb, isTombstone, RECORD_VERSION, tryDecodeRecord } from '../../core/session-record.ts'
import type { SessionRow, SessionStore } from '../../core/session-store.ts'
import { sameHash } from '../../core/token.ts'
import { isSameCookie, isToMove } from './deadlines.ts'
import { identityOf } from './identity.ts'
import { identityKeysOf } from './identity-keys.ts'
import { KEEPER, type Keeper, type Kept } from './keeper.ts'
import { merged } from './merge.ts'
import type { Callback } from './request.ts'
import type { Session } from './session.ts'
import type { SessionState } from './session-state.ts'
import { type SessionData, Store } from './store.ts'

const DAY = 86_400_000
/** A session whose cookie has no age lives for so long without use, and no session for longer than the second or its cookie, in milliseconds. */
const IDLE = DAY
const ABSOLUTE = 400 * DAY
/** For how long a write goes on against other processes, in milliseconds. */
const PATIENCE = 5_000
/** How long the end of a session waits for the writes before it, in milliseconds: it needs none of them. */
const END_PATIENCE = 1_000

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url')
/** An id of a row that tells nothing of the id in the cookie, and of which the hash that opens the row cannot be made. */
const handleOf = (sid: string): string => digest(`instar handle ${sid}`).slice(0, 22)

/**
 * One of Instar's stores, by the methods that applications know. The store never has an id that opens a session: rows are found by a hash, and opened by another. A save
 * never creates what has ended, and a row's user never changes.
 */
export class RowStore extends Store {
  readonly [KEEPER]: RowKeeper

  constructor(rows: SessionStore) {
    super()
    this[KEEPER] = new RowKeeper(rows, this)
  }

  override get(sid: string, callback: Callback<SessionData | null>): void {
    settle(
      this[KEEPER].load(sid).then((kept) => (kept.kind === 'live' ? kept.data : null)),
      callback,
    )
  }

  override set(sid: string, session: SessionData | Session, callback?: Callback): void {
    settle(this[KEEPER].put(sid, session), callback)
  }

  override destroy(sid: string, callback?: Callback): void {
    settle(this[KEEPER].end(sid), callback)
  }

  override touch(sid: string, session: SessionData | Session, callback?: Callback): void {
    settle(this[KEEPER].prolong(sid, session), callback)
  }

  override clear(callback?: Callback): void {
    settle(this[KEEPER].rows.deleteAll(), callback)
  }
}

function settle<Result>(work: Promise<Result>, callback: Callback<Result> | undefined): void {
  work.then(
    (result) => callback && setImmediate(callback, null, result),
    (error: unknown) => callback && setImmediate(callback, error),
  )
}

class RowKeeper implements Keeper {
  readonly rows: SessionStore
  readonly #store: Store
  readonly #queue = new RowQueue()

  constructor(rows: SessionStore, store: Store) {
    this.rows = rows
    this.#store = store
  }

  async load(sid: string): Promise<Kept> {
    const row = await this.rows.find(handleOf(sid))
    if (row && isTombstone(row)) return { kind: tryDecodeRecord(row)?.tombstone?.secretHashes.includes(digest(sid)) ? 'ended' : 'none' }
    return row && isOpenedBy(row, sid) ? { kind: 'live', data: dataOf(row), mark: row } : { kind: 'none' }
  }

  async insert(session: Session, { id }: Pick<SessionState, 'id'>): Promise<boolean> {
    await this.#create(id, session)
    return true
  }

  async replace(session: Session, state: SessionState): Promise<boolean> {
    const row = await this.#change(state.id, state.mark as SessionRow | undefined, (current) => merged(session, state, dataOf(current)))
    if (row) state.mark = row
    return row !== undefined
  }

  touch(session: Session, { id, cookie, mark }: SessionState): Promise<void> | undefined {
    const row = mark as SessionRow | undefined
    if (row && isSameCookie(session.cookie, cookie) && !isToMove(row.expiresAt, deadlineOf(session, row.endsAt))) return
    return this.#push(id, session, row)
  }

  /** By its id alone: lets a session live as long as the cookie says. */
  async prolong(sid: string, session: SessionData | Session): Promise<void> {
    const row = await this.#find(sid)
    if (row && !(isSameCookie(session.cookie, dataOf(row).cookie) && !isToMove(row.expiresAt, deadlineOf(session, row.endsAt))))
      await this.#push(sid, session, row)
  }

  async #push(sid: string, session: SessionData | Session, row: SessionRow | undefined): Promise<void> {
    await this.#change(sid, row, (current) => ({ ...dataOf(current), cookie: session.cookie }))
  }

  /** By its id alone: changes a session that is there, or makes one. */
  async put(sid: string, session: SessionData | Session): Promise<void> {
    const row = await this.#find(sid)
    if (!row) return this.#create(sid, session)
    if (identityOf(session, identityKeysOf(this.#store)).userId !== row.userId)
      throw new InstarError(
        'bad_option',
        'store.set() would change who a stored session belongs to. Change the session in a request, where its id can change too.',
      )
    await this.#change(sid, row, () => session)
  }

  async end(sid: string): Promise<SessionData | undefined> {
    const id = handleOf(sid)
    let left: SessionData | undefined
    const bury = async (): Promise<undefined> => {
      for (;;) {
        const row = await this.rows.find(id)
        if (!row || isTombstone(row)) return
        let isBuried = false
        try {
          isBuried = await this.rows.update(entomb(row, { retiredBy: 'logout' }, Date.now()))
        } catch {
          await this.rows.delete(id) // A store that cannot write a tombstone, for want of room say, may still be able to delete.
          isBuried = true
        }
        if (!isBuried) continue
        left = dataOf(row)
        return
      }
    }
    await this.#queue.run(id, bury, END_PATIENCE)
    return left
  }

  async #find(sid: string): Promise<SessionRow | undefined> {
    const row = await this.rows.find(handleOf(sid))
    return row && isOpenedBy(row, sid) ? row : undefined
  }

  async #create(sid: string, session: SessionData | Session): Promise<void> {
    const now = Date.now()
    const endsAt = now + Math.max(ABSOLUTE, session.cookie.originalMaxAge ?? 0)
    const { userId } = identityOf(session, identityKeysOf(this.#store))
    const payload = encodeRecord({ v: RECORD_VERSION, createdAt: now, data: jsonOf(session) })
    await this.rows.create({ id: handleOf(sid), userId, secretHash: digest(sid), version: 1, expiresAt: deadlineOf(session, endsAt), endsAt, payload })
  }

  /** By compare-and-set, one after another in this process; undefined where the row has ended meanwhile. */
  async #change(sid: string, known: SessionRow | undefined, change: (current: SessionRow) => SessionData | Session): Promise<SessionRow | undefined> {
    const id = handleOf(sid)
    const end = performance.now() + PATIENCE
    let result: SessionRow | undefined
    await this.#queue.run(id, async (last) => {
      let row = last && (!known || last.version > known.version) ? last : (known ?? (await this.#find(sid)))
      while (row && !isTombstone(row) && row.expiresAt > Date.now()) {
        const session = change(row)
        const payload = encodeRecord({ ...decodeRecord(row), data: jsonOf(session), seenAt: Date.now() })
        const next = { ...row, expiresAt: deadlineOf(session, row.endsAt), payload }
        if (await this.rows.update(next)) {
          result = { ...next, version: next.version + 1 }
          return result
        }
        if (performance.now() > end)
          throw new InstarError('conflict', 'A session was changed by other requests for five seconds. Nothing was stored; try again.')
        row = await this.#find(sid)
      }
      return row
    })
    return result
  }
}

const isOpenedBy = (row: SessionRow, sid: string): boolean => !isTombstone(row) && row.expiresAt > Date.now() && sameHash(row.secretHash, digest(sid))

const dataOf = (row: SessionRow): SessionData => decodeRecord(row).data.toObject() as unknown as SessionData

const jsonOf = (session: object): RecordData => RecordData.of(JSON.parse(JSON.stringify(session)) as { [key: string]: Json })

function deadlineOf({ cookie }: { readonly cookie: SessionData['cookie'] }, endsAt: number): number {
  const expires = cookie.expires == null ? Date.now() + IDLE : new Date(cookie.expires).valueOf()
  return Math.min(expires, endsAt)
}
