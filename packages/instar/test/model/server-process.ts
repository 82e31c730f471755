import type { SessionLimit } from 'instar'
import type { Sight } from './oracle.ts'

export type Act = 'look' | 'count' | 'keep a secret' | 'login' | 'logout' | 'logout everywhere' | 'elevate' | 'ask who'
export type Who = 'victim' | 'attacker'
export type Administration = 'change password' | 'revoke all' | 'revoke everyone'

/** How the store takes an operation: as it should, not at all, or as it should without its answer arriving. */
export type How = 'done' | 'refused' | 'answer lost'

/** What holds everywhere at one moment: the time, and the stamps of the credentials. */
export interface Circumstances {
  readonly now: number
  readonly stamps: Readonly<Record<Who, number>>
}

/** A request that reaches a process. */
export interface Order {
  readonly number: number
  readonly who: Who
  readonly act: Act
  readonly cookie: string
}

/** Something that happened in a process; `number` is that of the order. */
export type Report =
  /** A store operation, or a handler that is slow, waits for its turn. */
  | { readonly kind: 'waits'; readonly work: number }
  /** The store has a new row. */
  | { readonly kind: 'made'; readonly id: string; readonly userId: string | null }
  | { readonly kind: 'opened'; readonly number: number; readonly sight: Sight }
  | { readonly kind: 'acting'; readonly number: number }
  /** What the request did has succeeded. */
  | { readonly kind: 'acted'; readonly number: number }
  /** The commit of a success has succeeded. */
  | { readonly kind: 'committed'; readonly number: number; readonly handle: string | null }
  | { readonly kind: 'answered'; readonly number: number; readonly cookies: readonly string[]; readonly userId: string | null; readonly level: number }
  /** An administrator was answered. */
  | { readonly kind: 'administered'; readonly number: number }
  /** Something failed in a way that no application expects. */
  | { readonly kind: 'failed'; readonly why: string }

/** What the managers of a history are told besides where rows live. */
export interface ModelOptions {
  readonly limit?: SessionLimit
}

/**
 * A server process in which every store operation and every handler waits for its turn. Each call resolves, once everything in the process
 * waits or is over, to what happened meanwhile, in order.
 */
export interface ServerProcess {
  begin(order: Order, circumstances: Circumstances): Promise<readonly Report[]>
  administer(number: number, what: Administration, userId: Who, circumstances: Circumstances): Promise<readonly Report[]>
  /** It is the turn of one that waits. */
  go(work: number, how: How, circumstances: Circumstances): Promise<readonly Report[]>
  /** The process ends with all that it was doing, and another takes its place. */
  crash(): Promise<void>
}
