import type { Contender } from '../contender.ts'
import type { Played } from '../load/play.ts'

export type WorkName = 'read' | 'anonymous' | 'dead cookie' | 'write' | 'login' | 'logout' | 'read 2 kB' | 'read 20 kB' | 'page'

/** A kind of request, or of several, that is put to every subject. */
export interface Work {
  readonly name: WorkName
  readonly title: string
  /** How many requests are counted as one, such as those of a page. */
  readonly requests: number
  /** Makes the sessions that it needs. */
  open(contender: Contender): Promise<Scene>
}

/** A work on a subject, ready to be played again and again. */
export interface Scene {
  /** Does what has to come before every play and is not a part of it. */
  ready?(): Promise<void>
  /** Begins requests for so long, and ends when all are answered. */
  play(milliseconds: number): Promise<Played>
}
