import { randomBytes } from 'node:crypto'
import { InstarError } from '../core/errors.ts'
import type { SessionRow, SessionStore } from '../core/session-store.ts'
import { type RedisClient, type RedisCommands, redisCommands } from './redis-commands.ts'
import * as scripts from './redis-scripts.ts'
import { together } from './together.ts'

export type { IoRedis, NodeRedis, RedisClient } from './redis-commands.ts'

export interface RedisStoreOptions {
  /** Stands before every key. Default `instar:`. */
  readonly prefix?: string
  /** So many replicas must have a write before it counts as done, so that a failover to one of them undoes no logout. Default 0: what the primary has is done. */
  readonly waitForReplicas?: number
  /** The clock, in Unix milliseconds. Default `Date.now`. */
  readonly now?: () => number
}

/** How much longer than its sessions a user's index is kept, in milliseconds: more than the clocks of two processes may differ. */
const INDEX_GRACE = 60 * 60_000

/** So many rows of a user are asked for at once. */
const AT_ONCE = 200

/**
 * Sessions in Redis 7, by node-redis or ioredis; standalone, with Sentinel, or as a Cluster. A row is one hash; a user's sessions are found by a sorted set, written before
 * the row. Rows and indexes expire by themselves. Everything is a script that goes to the primary, on one key where keys may lie apart, so a client that reads from replicas is no danger.
 * The engine must not evict keys (`maxmemory-policy noeviction`), and what an outage loses depends on its persistence.
 * Reconnecting is the driver's; where it sends a command again of which it does not know whether it was done, it is done once.
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): SessionStore {
  const prefix = options.prefix ?? 'instar:'
  if (typeof prefix !== 'string') throw new InstarError('bad_option', `prefix is ${JSON.stringify(prefix)}. Use a text such as 'instar:'.`)
  const { waitForReplicas = 0 } = options
  if (!Number.isSafeInteger(waitForReplicas) || waitForReplicas < 0)
    throw new InstarError('bad_option', `waitForReplicas is ${JSON.stringify(waitForReplicas)}. Use a whole number of replicas, 0 for none.`)
  return new RedisStore(redisCommands(client, waitForReplicas), prefix, options.now ?? (() => Date.now()))
}

class RedisStore implements SessionStore {
  readonly #redis: RedisCommands
  readonly #prefix: string
  readonly #now: () => number
  readonly #findOfOneTurn = together<SessionRow>((ids) => this.#findEach(ids), isOfOneRow)

  constructor(redis: RedisCommands, prefix: string, now: () => number) {
    this.#redis = redis
    this.#prefix = prefix
    this.#now = now
  }

  #row(id: string): string {
    return `${this.#prefix}row:${id}`
  }

  #index(userId: string): string {
    return `${this.#prefix}user:${userId}`
  }

  /** A driver may send a script again when its answer was lost; by the mark the script knows that it ran already. */
  #mark(): string {
    return randomBytes(9).toString('base64url') // Twelve characters: the scripts count on it.
  }

  async create(row: SessionRow): Promise<void> {
    const { id, userId, secretHash, version, expiresAt, endsAt, payload } = row
    const now = this.#now()
    // First the index: a session that is being made can be listed and revoked as soon as it is there, and a crash leaves an entry without a row, never the reverse.
    if (userId !== null) await this.#redis.write(scripts.index, this.#index(userId), id, endsAt, now, INDEX_GRACE)
    const fields = [userId ?? '', secretHash, version, expiresAt, endsAt, payload]
    if (!isOne(await this.#redis.write(scripts.create, this.#row(id), this.#mark(), expiresAt - now, ...fields))) throw new Error('The id is taken.')
  }

  find(id: string): Promise<SessionRow | undefined> {
    return this.#findOfOneTurn(id)
  }

  async #findOne(id: string): Promise<SessionRow | undefined> {
    return this.#live(id, await this.#redis.read(scripts.find, this.#row(id)))
  }

  #live(id: string, found: unknown): SessionRow | undefined {
    const row = rowOf(id, found)
    return row && row.expiresAt > this.#now() ? row : undefined
  }

  /** By one command for all where one server has them: nearly all that a look costs, here and there, is the command. */
  async #findEach(ids: readonly string[]): Promise<ReadonlyMap<string, SessionRow>> {
    const found =
      ids.length === 1
        ? undefined
        : await this.#redis.readEach(
            scripts.findEach,
            ids.map((id) => this.#row(id)),
          )
    if (found !== undefined && !(Array.isArray(found) && found.length === ids.length)) throw unreadable()
    const rows = found ? ids.map((id, at) => this.#live(id, found[at])) : await Promise.all(ids.map((id) => this.#findOne(id)))
    return new Map(rows.flatMap((row) => (row ? [[row.id, row]] : [])))
  }

  async update({ id, secretHash, version, expiresAt, payload }: SessionRow): Promise<boolean> {
    const now = this.#now()
    return isOne(await this.#redis.write(scripts.update, this.#row(id), this.#mark(), now, expiresAt - now, version, secretHash, expiresAt, payload))
  }

  async delete(id: string): Promise<boolean> {
    return isOne(await this.#redis.write(scripts.remove, this.#row(id), this.#now()))
  }

  async listByUser(userId: string): Promise<SessionRow[]> {
    const rows = await this.#forEachOf(userId, (id) => this.find(id))
    return rows.filter((row): row is SessionRow => row?.userId === userId)
  }

  async deleteByUser(userId: string, except?: string): Promise<number> {
    const outcomes = await this.#forEachOf(userId, async (id) => id !== except && (await this.delete(id)))
    return outcomes.filter((wasThere) => wasThere).length
  }

  async deleteAll(): Promise<number> {
    let count = 0
    for (const node of await this.#redis.nodes()) {
      let cursor = '0'
      do {
        const [next, keys] = (await node.scan(cursor, `${escaped(this.#prefix)}row:*`)) as [string, string[]]
        const outcomes = await Promise.all(keys.map((key) => this.#redis.write(scripts.remove, key, this.#now())))
        count += outcomes.filter(isOne).length
        cursor = String(next)
      } while (cursor !== '0')
    }
    return count // The indexes stay, as everywhere: a session that is being made has its entry in one.
  }

  async deleteExpired(): Promise<number> {
    return 0
  }

  /** Does something with the id of each session that a user may have, some of them at a time, and with the rest of them where it fails with one. */
  async #forEachOf<Result>(userId: string, work: (id: string) => Promise<Result>): Promise<Result[]> {
    const ids = (await this.#redis.read(scripts.list, this.#index(userId))) as string[]
    const results: Result[] = []
    const failures: unknown[] = []
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      for (const outcome of await Promise.allSettled(ids.slice(at, at + AT_ONCE).map((id) => work(String(id))))) {
        if (outcome.status === 'fulfilled') results.push(outcome.value)
        else failures.push(outcome.reason)
      }
    }
    if (failures.length > 0) throw failures[0]
    return results
  }
}

function rowOf(id: string, found: unknown): SessionRow | undefined {
  if (!Array.isArray(found)) throw unreadable()
  const [userId, secretHash, version, expiresAt, endsAt, payload] = found as (string | null | undefined)[]
  if (version === null || version === undefined) return undefined
  if (![userId, secretHash, version, expiresAt, endsAt, payload].every((field) => typeof field === 'string')) throw unreadable()
  return {
    id,
    userId: userId || null,
    secretHash: secretHash as string,
    version: Number(version),
    expiresAt: Number(expiresAt),
    endsAt: Number(endsAt),
    payload: payload as string,
  }
}

/** What a script answers that compares, or removes: 1 when it did. */
function isOne(outcome: unknown): boolean {
  const number = Number(outcome)
  if (number === 0 || number === 1) return number === 1
  throw unreadable()
}

/** A row that was there and could not be read, or a key that holds something else, as opposed to a server that failed. */
const isOfOneRow = (error: unknown): boolean => error instanceof InstarError || /WRONGTYPE/.test(String((error as Error | null)?.message))

function unreadable(): InstarError {
  return new InstarError(
    'store_unavailable',
    'The Redis client gave a row in a form that cannot be read. Give redisStore() a client that answers with texts, without a type mapping.',
  )
}

const escaped = (glob: string): string => glob.replace(/[*?[\]\\^-]/g, '\\$&')
