import type { Opening } from './opening.ts'
import type { Policy } from './policy.ts'
import { formatToken, type SessionToken } from './token.ts'

type CookieKind = 'login' | 'anonymous'

const NONE: readonly string[] = []

/** The `Set-Cookie` values that one answer owes: the last word on each cookie counts. */
export class AnswerCookies<User> {
  readonly #policy: Policy<User>
  readonly #opening: Opening
  #values: Map<CookieKind, readonly string[]> | undefined

  constructor(policy: Policy<User>, opening: Opening) {
    this.#policy = policy
    this.#opening = opening
  }

  /** `lasting` in milliseconds makes the cookie outlive the browser's session. */
  give(kind: CookieKind, token: SessionToken, lasting?: number): void {
    this.#set(kind, this.#policy.cookies[kind].write(formatToken(token), lasting))
  }

  /** Clears a cookie that the request came with, or that an earlier word would give. */
  forget(kind: CookieKind): void {
    if (this.#opening[kind].present || this.#values?.has(kind)) this.#set(kind, this.#policy.cookies[kind].clear())
  }

  get all(): readonly string[] {
    return this.#values ? [...this.#values.values()].flat() : NONE
  }

  #set(kind: CookieKind, value: string): void {
    // Where two of one name came, a script may have planted one in the other jar.
    const twin = this.#opening[kind].duplicate ? [this.#policy.cookies[kind].clearTwin()] : []
    this.#values ??= new Map()
    this.#values.set(kind, [...twin, value])
  }
}
