import type { Router } from 'express'
import type { DifferenceId } from './differences.ts'
import type { Sent } from './site.ts'

// biome-ignore lint/suspicious/noExplicitAny: both Passports go through it, one without types of its own.
export type Anything = any

/** A strategy that does what its function says. */
export type Scripted = (self: Anything, request: Anything, options: Anything) => unknown

export interface Kit {
  readonly router: Router
  /** A Passport of its own, on which users are `{ id }` and go into the session by it. */
  readonly passport: Anything
  /** Registers a strategy. */
  script(name: string, decide: Scripted): void
  /** A handler that answers with everything that Passport left on the request. */
  readonly report: (request: Anything, response: Anything) => void
}

/** What a visitor sees of a step, and what its session holds after it. */
export interface Seen {
  readonly path: string
  readonly status: number
  readonly location: string | null
  readonly text: string
  /** Whether the cookie changed. */
  readonly moved: boolean
  readonly held: unknown
  /** What is stored under the cookie from before the step; 'same' where it did not change. */
  readonly before: unknown
}

export interface Case {
  readonly title: string
  /** Adds routes; there are `GET /plant?…` for what the session is to hold, and `GET /me`, already. */
  routes(kit: Kit): void
  /** Paths, or a path and what goes with it. */
  readonly steps: readonly (string | readonly [string, Sent])[]
  /** The deliberate difference that this case shows; without it there must be none. */
  readonly differs?: DifferenceId
  /** What ours answers then, by path: any of what `Seen` has. */
  readonly ours?: { readonly [path: string]: Partial<Seen> }
  /** For sessions of one library alone. */
  readonly only?: 'express-session' | 'plain'
}
