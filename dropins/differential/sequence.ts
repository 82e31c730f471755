import type { AnswerName } from './answers.ts'
import type { OperationName } from './operations.ts'

// What is asked of both libraries, as plain data: so a sequence that differs can be printed, made smaller and run again.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** A value that JSON has not: `{ $date: -1000 }` is a second ago, `{ $buffer }`, `{ $function }` (that returns the value), `{ $undefined: true }`. */
export type Spec = Json

export type Operation = readonly [name: OperationName, ...args: Json[]]

/** Which session cookie a request brings: the jar's, none, the one that the jar held as its n-th, a text, or one made from the jar's. */
export type CookieChoice = 'jar' | 'none' | { readonly earlier: number } | { readonly raw: string } | { readonly forged: Forgery }

export type Forgery =
  | 'unsigned'
  | 'badSignature'
  | 'otherSecret'
  | 'noSignature'
  | 'duplicate'
  | 'duplicateGarbage'
  | 'unknownId'
  | 'quoted'
  | 'undecodable'
  | 'withOthers'

export interface Request {
  readonly method?: string
  readonly path?: string
  readonly headers?: { readonly [name: string]: string }
  readonly cookie?: CookieChoice
  /** What the handler does, one after the other. */
  readonly operations: readonly Operation[]
  readonly answer: readonly [name: AnswerName, ...args: Json[]]
  /** Of requests that go together: sent when this gate opens. */
  readonly after?: string
}

export type Step =
  | { readonly request: Request }
  /** Requests of the same moment, whose order their gates force. */
  | { readonly together: readonly Request[] }
  | { readonly advance: number }
  | { readonly emit: 'connect' | 'disconnect' }
  | { readonly fail: { readonly method: StoreMethod; readonly how: Failure; readonly times?: number } }
  /** Replaces a method of the store, as some stores do once they are connected. */
  | { readonly replace: StoreMethod }
  /** Puts a session into the store as another process would. */
  | { readonly plant: { readonly id: string; readonly session: Json } }

export type StoreMethod = 'get' | 'set' | 'destroy' | 'touch' | 'all' | 'length' | 'clear'
export type Failure = 'error' | 'enoent' | 'text' | 'throw' | 'null' | 'held'

/** 'memory' is the MemoryStore of the library itself; the others are a legacy store that records its calls. */
export type StoreKind = 'memory' | 'legacy' | 'legacyWithoutTouch' | 'legacySync'

export interface Application {
  readonly kind: 'express5' | 'express4' | 'node'
  readonly trustProxy?: boolean
  /** The secrets of cookie-parser, which comes before the session. */
  readonly cookieParser?: Json
  /** Where the session middleware is mounted. */
  readonly mount?: string
  /** Options of a second session middleware, after the first: on a store of its own, or on that of the first. */
  readonly second?: { readonly options: { readonly [name: string]: Spec }; readonly sharesStore: boolean }
}

export interface Sequence {
  readonly title: string
  readonly options: { readonly [name: string]: Spec }
  readonly store: StoreKind
  readonly application: Application
  readonly steps: readonly Step[]
}

/** Makes the values that JSON has not. */
export function revive(spec: Spec | undefined): unknown {
  if (Array.isArray(spec)) return spec.map(revive)
  if (spec === null || typeof spec !== 'object') return spec
  const [first] = Object.entries(spec as { [key: string]: Spec })
  if (first?.[0] === '$date') return new Date(Date.now() + Number(first[1]))
  if (first?.[0] === '$invalidDate') return new Date(Number.NaN)
  if (first?.[0] === '$buffer') return Buffer.from(String(first[1]))
  if (first?.[0] === '$undefined') return undefined
  if (first?.[0] === '$function') return () => revive(first[1])
  return Object.fromEntries(Object.entries(spec).map(([key, value]) => [key, revive(value)]))
}

/** All requests of a step, in their order. */
export function requestsOf(step: Step): readonly Request[] {
  if ('request' in step) return [step.request]
  return 'together' in step ? step.together : []
}
