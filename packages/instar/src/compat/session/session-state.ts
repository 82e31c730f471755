import { type Identity, identityOf } from './identity.ts'
import { identityKeysOf } from './identity-keys.ts'
import type { SessionRequest } from './request.ts'
import type { SessionData } from './store.ts'

/** What is known of a session beyond what the application sees. */
export interface SessionState {
  readonly request: SessionRequest
  id: string
  /** Whether the store has it, or had when this was loaded. */
  isStored: boolean
  /** What the store has, without the cookie, as JSON. */
  stored: string
  /** The cookie that the store has; absent where it has none. */
  cookie?: SessionData['cookie'] | undefined
  /** Who the store says is logged in; absent until somebody asks. */
  identity?: Identity | undefined
  /** What the store's keeper wants to see again with the next change. */
  mark?: unknown
  /** The saves of this session follow each other. */
  saves?: Promise<unknown> | undefined
}

/** What has a state. In a field of its own, which no application sees or copies. */
export class Stateful {
  readonly #state: SessionState

  constructor(state: SessionState) {
    this.#state = state
  }

  static has(session: object): boolean {
    return #state in session
  }

  static of(session: object): SessionState {
    if (#state in session) return session.#state
    throw new TypeError('This is no session object of this middleware.')
  }
}

export const hasState = (session: object): boolean => Stateful.has(session)

/** Throws for an object that is no session of ours. */
export const stateOf = (session: object): SessionState => Stateful.of(session)

/** Who the store says is logged in. */
export function storedIdentityOf(state: SessionState): Identity {
  state.identity ??= identityOf(JSON.parse(state.stored || '{}'), identityKeysOf(state.request.sessionStore as object))
  return state.identity
}

/** What two states of a session are compared by: its data without the cookie, as JSON. */
export function contentOf(session: object): string {
  if (typeof (session as { toJSON?: unknown }).toJSON === 'function') return JSON.stringify(session, withoutCookie(session))
  const { cookie: _, ...content } = session as { cookie?: unknown }
  return JSON.stringify(content)
}

function withoutCookie(session: object): (this: unknown, key: string, value: unknown) => unknown {
  return function (key, value) {
    return this === session && key === 'cookie' ? undefined : value
  }
}

/** What changes from now on is a change of these data, which the store has. */
export function noteLoaded(session: object, { data, mark }: { readonly data: SessionData; readonly mark?: unknown }): void {
  const state = stateOf(session)
  state.isStored = true
  state.stored = contentOf(data)
  state.cookie = data.cookie
  state.identity = undefined
  state.mark = mark
}

/** Takes the place of another session object of the same request and id: what the store has is what that one knew. */
export function takePlaceOf(before: object | null | undefined, session: object): void {
  if (!before || !hasState(before) || stateOf(before).id !== stateOf(session).id) return
  const { isStored, stored, cookie, mark, saves } = stateOf(before)
  Object.assign(stateOf(session), { isStored, stored, cookie, mark, saves, identity: undefined })
}
