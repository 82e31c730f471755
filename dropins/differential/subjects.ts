import type { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'

// The two libraries, as far as the sequences use them.

export type Callback<Value = unknown> = (error?: unknown, value?: Value) => void

export interface SessionLike {
  [key: string]: unknown
  readonly id: string
  cookie: { [attribute: string]: unknown }
  touch(): SessionLike
  resetMaxAge(): SessionLike
  save(callback?: Callback): SessionLike
  reload(callback: Callback): SessionLike
  regenerate(callback: Callback): SessionLike
  destroy(callback?: Callback): SessionLike
}

export interface StoreLike extends EventEmitter {
  get(sid: string, callback: Callback): void
  set(sid: string, session: unknown, callback?: Callback): void
  destroy(sid: string, callback?: Callback): void
  touch?(sid: string, session: unknown, callback?: Callback): void
  all?(callback: Callback): void
  length?(callback: Callback): void
  clear?(callback?: Callback): void
  generate(request: object): void
  regenerate(request: object, callback: Callback): void
  load(sid: string, callback: Callback<SessionLike>): void
  createSession(request: object, data: object): SessionLike
}

export type SessionRequest = IncomingMessage & { session?: SessionLike | null; sessionID?: string; sessionStore: StoreLike }
export type Next = (error?: unknown) => void
export type Middleware = (request: SessionRequest, response: ServerResponse, next: Next) => void

export interface SessionFunction {
  (options?: object): Middleware
  readonly Store: { new (): StoreLike; call(store: object): void; readonly prototype: StoreLike }
  readonly MemoryStore: new () => StoreLike & { sessions: { [id: string]: string } }
  readonly Cookie: new (options?: object) => { [attribute: string]: unknown; serialize(name: string, value: string): string; toJSON(): object }
  readonly Session: new (request: object, data?: object) => SessionLike
}

export interface Subject {
  readonly name: 'original' | 'ours'
  readonly session: SessionFunction
}

/** Resolves packages of this folder. */
export const requireHere = createRequire(new URL('../package.json', import.meta.url))

export const original = (): Subject => ({ name: 'original', session: requireHere('express-session') as SessionFunction })

export async function ours(): Promise<Subject> {
  const { default: session } = (await import('instar/compat/express-session')) as unknown as { default: SessionFunction }
  return { name: 'ours', session }
}
