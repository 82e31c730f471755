import type { Json } from '../core/json.ts'
import type { Session } from '../core/session.ts'
import type { SessionManager } from '../core/session-manager.ts'
import type { SessionStore } from '../core/session-store.ts'
import type { CsrfOptions } from '../csrf/guard.ts'
import type { Fetch } from './browser.ts'

/** What the sessions of the suite hold. */
export type Data = { [key: string]: Json }

/** What a handler answers; the adapter's harness writes it by the framework's own means. */
export interface AdapterAnswer {
  readonly status?: number
  readonly headers?: { readonly [name: string]: string | readonly string[] }
  /** A whole body, or one that is streamed piece by piece. */
  readonly body?: string | AsyncIterable<string>
}

export type AdapterHandler = (
  session: Session<Data, unknown>,
  request: { readonly method: string; readonly path: string },
) => AdapterAnswer | Promise<AdapterAnswer>

/** How a case wants its server. */
export interface AdapterStart {
  readonly csrf?: CsrfOptions
  /** The framework trusts a proxy on a loopback address, where it can be told to. */
  readonly behindProxy?: boolean
  /** The adapter and the handler are mounted below this path, by the framework's own means; the handler is given the path without it. Default none. */
  readonly prefix?: string
}

/** An adapter under test: starts a server on a loopback address whose every request is answered by the handler. */
export interface AdapterSubject {
  start(
    sessions: SessionManager<Data, unknown>,
    handler: AdapterHandler,
    options: AdapterStart,
  ): Promise<{ readonly origin: string; close(): Promise<void>; readonly fetch?: Fetch }>
  /** An empty store for one case. */
  openStore(): SessionStore
  /** Whether the framework can be told to believe `X-Forwarded-Proto` and `X-Forwarded-Host`. Default false: there the manager's `origin` settles it. */
  readonly believesProxies?: boolean
}
