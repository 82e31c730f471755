import type { Identity } from './identity.ts'
import type { SessionRequest } from './request.ts'

/** What is known of a session beyond what the application sees. */
export interface SessionState {
  readonly request: SessionRequest
  id: string
  /** Whether the store has it, or had when this was loaded. */
  isStored: boolean
  /** What the store has, without the cookie, as JSON. */
  stored: string
  /** Who the store says is logged in. */
  identity: Identity
  /** What the store's keeper wants to see again with the next change. */
  mark?: unknown
  /** The saves of this session follow each other. */
  saves?: Promise<unknown>
}

const states = new WeakMap<object, SessionState>()

export const rememberState = (session: object, state: SessionState): void => void states.set(session, state)

export const hasState = (session: object): boolean => states.has(session)

/** Throws for an object that is no session of ours. */
export function stateOf(session: object): SessionState {
  const state = states.get(session)
  if (!state) throw new TypeError('This is no session object of this middleware.')
  return state
}

/** What two states of a session are compared by: its data without the cookie. */
export function contentOf(session: object): string {
  return JSON.stringify(session, function (this: unknown, key, value) {
    return this === session && key === 'cookie' ? undefined : value
  })
}
