import type { ServerResponse } from 'node:http'
import { holdHead } from '../adapters/node-response.ts'
import { guardStore } from '../core/guarded-store.ts'
import type { SessionStore } from '../core/session-store.ts'
import { Cookie } from './session/cookie.ts'
import { addIdentityKeys } from './session/identity-keys.ts'
import { keeperOf } from './session/keeper.ts'
import { MemoryStore } from './session/memory-store.ts'
import { giveGenerate, type SessionOptions, settingsOf, warnOnce } from './session/options.ts'
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
  const store = storeOf(options?.store)
  addIdentityKeys(store, options?.identity ?? [])
  if (process.env['NODE_ENV'] === 'production' && store instanceof MemoryStore)
    warnOnce(
      'MEMORY_STORE',
      'Sessions are kept in the memory of this process: they are lost with it, and other processes do not see them. Set the option store.',
    )

  giveGenerate(store, settings)
  keeperOf(store)
  let isReady = true
  store.on('disconnect', () => (isReady = false))
  store.on('connect', () => (isReady = true))

  const turns = new Turns()
  const opened = async (visit: Visit, sid: string, response: ServerResponse): Promise<void> => {
    if (settings.serial && !visit.isHeadGone) {
      const turn = turns.take(sid)
      response.once('close', turn.release)
      if (response.destroyed) turn.release()
      await turn.ready
    }
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
    if (canAnswer(response)) {
      holdHead(response, () => visit.commit(), next)
      finishBeforeEnd(response, visit, next)
    } else visit.isHeadGone = true
    if (sent === undefined) {
      visit.generate()
      return next()
    }
    opened(visit, sent, response).then(() => next(), next)
  }
}

/** Whether an answer can carry a cookie: the handshake of a socket comes with a response that is none, or that nobody reads. */
const canAnswer = (response: ServerResponse): boolean =>
  typeof response.getHeaders === 'function' && (response.socket ?? (response as { stream?: unknown }).stream) != null

/** What is written to a session while its answer is under way is stored before the answer ends. */
function finishBeforeEnd(response: ServerResponse, visit: Visit, next: Next): void {
  const { end } = response
  let isEnding = false
  response.end = ((...args: Parameters<typeof end>) => {
    if (isEnding) return response // The first end counts.
    isEnding = true
    const { underWay } = visit
    if (!(underWay ? visit.hasChangedSinceCommit : visit.isUnfinished)) return end.apply(response, args)
    const finished = Promise.resolve(underWay).then(() => (visit.isUnfinished ? visit.finish() : undefined))
    finished.then(
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

function storeOf(store: unknown): Store {
  if (!store) return new MemoryStore()
  const isOfRows = OPERATIONS.every((operation) => typeof (store as { [name: string]: unknown })[operation] === 'function')
  return isOfRows ? new RowStore(guardStore(store as SessionStore, STORE_PATIENCE)) : (store as Store)
}

export default Object.assign(session, { Store, MemoryStore, Cookie, Session })
