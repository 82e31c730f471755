import type { IncomingMessage } from 'node:http'
import type { Session } from './session.ts'
import type { Store } from './store.ts'

/** A request with what the middleware gives it, by the names that applications know. */
export interface SessionRequest extends IncomingMessage {
  session?: Session | null
  sessionID?: string
  sessionStore?: Store
  /** Of cookie-parser. */
  secret?: string
  signedCookies?: { readonly [name: string]: unknown }
  cookies?: { readonly [name: string]: unknown }
  /** Of Express. */
  originalUrl?: string
  secure?: boolean
}

export type Callback<Result = unknown> = (error?: unknown, result?: Result) => void
