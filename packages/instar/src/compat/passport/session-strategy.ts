import { NEEDS_SESSION } from './renewal.ts'
import { setUser } from './request.ts'
import { Strategy } from './strategy.ts'
import type { Done, PassportRequest } from './types.ts'

export type Deserialize = (serialized: unknown, request: PassportRequest, done: Done) => void

interface Decisions {
  pass(): void
  error(error: unknown): void
}

/** Finds the user of a login in the session. A login whose user is no more is taken out of the session; it decides nothing, `req.user` tells. */
export class SessionStrategy extends Strategy {
  override name = 'session'
  readonly _key: string
  readonly _deserializeUser: Deserialize

  constructor(options?: { readonly key?: string } | Deserialize, deserializeUser?: Deserialize) {
    super()
    const given = typeof options === 'function' ? {} : options
    this._key = given?.key ?? 'passport'
    this._deserializeUser = (typeof options === 'function' ? options : deserializeUser) as Deserialize
  }

  override authenticate(this: this & Decisions, request: PassportRequest, options?: { readonly pauseStream?: boolean }): void {
    const { session } = request
    if (!session) return this.error(new Error(NEEDS_SESSION))
    const login = session[this._key] as { user?: unknown } | undefined
    const serialized = login?.user
    if (!serialized && serialized !== 0) return this.pass()
    const resume = options?.pauseStream ? pause(request) : undefined
    this._deserializeUser(serialized, request, (error, user) => {
      if (error) return this.error(error)
      if (user) setUser(request, user)
      else if (login) delete login.user
      this.pass()
      resume?.()
    })
  }
}

/** Halts a body that flows already; one that nobody reads yet waits by itself. */
function pause(request: PassportRequest): (() => void) | undefined {
  if (!request.readableFlowing) return undefined
  request.pause?.()
  return () => request.resume?.()
}
