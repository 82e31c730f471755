import type { ServerResponse } from 'node:http'
import { holdHead } from '../adapters/node-response.ts'
import { guardStore } from '../core/guarded-store.ts'
import type { SessionStore } from '../core/session-store.ts'
import { Cookie } from './session/cookie.ts'
import { MemoryStore } from './session/memory-store.ts'
import { type SessionOptions, settingsOf, warnOnce } from './session/options.ts'
import type { SessionRequest } from './session/request.ts'
import { RowStore } from './session/row-store.ts'
import { sentId } from './session/sent-cookie.ts'
import { Session } from './session/session.ts'
import { Store } from './session/store.ts'
import { Turns } from './session/turns.ts'
import { Visit } from './session/visit.ts'
import { rememberVisit } from './session/visit-of.ts'

export type { CookieOptions } from './session/cookie.ts'
export type { SessionOptions } from './session/options.ts'
export type { SessionData } from './session/store.ts'
export { Cookie, MemoryStore, Session, Store }

type Next = (error?: unknown) => void
export type SessionMiddleware = (request: SessionRequest, response: ServerResponse, next: Next) => void

/**
 * The middleware of express-session 1.19, by the same options and with the same sessions, and with what that one leaves to the application: an id that never survives a change of
 * who is logged in, a session that stays ended, an answer that waits until its session is stored. Takes a store of express-session's kind, or one of Instar's.
 */
function session(options: SessionOptions = {}): SessionMiddleware {
  const settings = settingsOf(options ?? {})
  const store = storeOf(options?.store, settings.identityKeys)
  if (process.env['NODE_ENV'] === 'production' && store instanceof MemoryStore)
    warnOnce(
      'MEMORY_STORE',
      'Sessions are kept in the memory of this process: they are lost with it, and other processes do not see them. Set the option store.',
    )

  // For applications and stores that call it; a request has its own, since two middlewares may share a store.
  store.generate = (request) => settings.generate(store, request)
  let isReady = true
  store.on('disconnect', () => (isReady = false))
  store.on('connect', () => (isReady = true))

  const turns = new Turns()
  const opened = async (visit: Visit, sid: string, response: ServerResponse): Promise<void> => {
    if (settings.serial) response.once('close', await turns.take(sid))
    await visit.open()
  }

  return (request, response, next) => {
    if (request.session || !isReady || !isWithin(request, settings.cookieOptions(request).path)) return next()
    const secrets = settings.secrets ?? (request.secret ? [request.secret] : undefined)
    if (!secrets) return next(new Error('secret option required for sessions'))

    request.sessionStore = store
    const sent = sentId(request, settings.name, secrets)
    if (sent !== undefined) request.sessionID = sent
    const visit = new Visit(settings, request, secrets, sent)
    rememberVisit(request, visit)
    holdHead(response, () => visit.commit(), next)
    finishBeforeEnd(response, visit, next)
    if (sent === undefined) {
      visit.generate()
      return next()
    }
    opened(visit, sent, response).then(() => next(), next)
  }
}

/** What is written to a session while its answer is under way is stored before the answer ends. */
function finishBeforeEnd(response: ServerResponse, visit: Visit, next: Next): void {
  const { end } = response
  let isEnding = false
  response.end = ((...args: Parameters<typeof end>) => {
    if (isEnding) return response
    if (!visit.isUnfinished) return end.apply(response, args)
    isEnding = true
    visit.finish().then(
      () => end.apply(response, args),
      (error: unknown) => {
        response.destroy() // Its head is gone, so nothing else can say that it failed.
        next(error)
      },
    )
    return response
  }) as typeof end
}

function isWithin(request: SessionRequest, path: string | undefined): boolean {
  const [asked = ''] = (request.originalUrl ?? request.url ?? '').replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1)
  return (asked || '/').startsWith(path || '/')
}

/** After so many milliseconds a store of Instar that does not answer has failed. */
const STORE_PATIENCE = 10_000

const OPERATIONS = ['create', 'find', 'update', 'delete', 'deleteAll'] as const

function storeOf(store: unknown, identityKeys: readonly string[]): Store {
  if (!store) return new MemoryStore()
  const isOfRows = OPERATIONS.every((operation) => typeof (store as { [name: string]: unknown })[operation] === 'function')
  return isOfRows ? new RowStore(guardStore(store as SessionStore, STORE_PATIENCE), identityKeys) : (store as Store)
}

export default Object.assign(session, { Store, MemoryStore, Cookie, Session })
