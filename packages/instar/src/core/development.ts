import type { Occurrence } from './events.ts'

const SOON = 60_000 // ms

const HINT =
  'A login on http://localhost was answered with its cookie, and the same client, or another with the same User-Agent, came without it. Safari refuses Secure cookies there, and so do some test clients ' +
  "(supertest's agent): serve https, use another browser, or take the cookie from createTestSession() in tests."

/** On localhost, notices a client that logs in and then comes without the cookie, and says so once. */
export class LoginWatch {
  readonly #emit: (occurrence: Occurrence) => void
  readonly #now: () => number
  #lastLogin: { readonly userAgent: string | undefined; readonly at: number } | undefined
  #isDone = false

  constructor(emit: (occurrence: Occurrence) => void, now: () => number) {
    this.#emit = emit
    this.#now = now
  }

  sawLogin(userAgent: string | undefined): void {
    if (!this.#isDone) this.#lastLogin = { userAgent, at: this.#now() }
  }

  sawRequest(userAgent: string | undefined, hasLoginCookie: boolean): void {
    const login = this.#lastLogin
    if (!login || login.userAgent !== userAgent) return
    this.#lastLogin = undefined
    if (hasLoginCookie || this.#now() - login.at > SOON) return
    this.#isDone = true
    this.#emit({ type: 'development.login_not_kept', hint: HINT })
  }
}
