import type { Random } from '../../../packages/instar/test/random.ts'
import type { Place } from '../drivers.ts'
import type { Fleet } from '../fleet.ts'
import type { Stream } from '../stream.ts'

export interface Stage {
  readonly fleet: Fleet
  readonly stream: Stream
  readonly random: Random
}

/** The servers that an application stands on, and what befalls them. */
export interface World {
  /** What the application connects to. */
  readonly place: Place
  /** The same for the verification, past what the fault stands in the way with. */
  readonly direct: Place
  /** The server and its version. */
  readonly server: string
  /** Lets the fault happen, and all be in order again; how often something was killed, cut or filled. */
  strike(stage: Stage): Promise<number>
  stop(): Promise<void>
}
