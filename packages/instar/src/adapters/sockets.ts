import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { InstarError } from '../core/errors.ts'
import type { Duration } from '../core/lifetime.ts'
import type { Session } from '../core/session.ts'
import type { SessionManager } from '../core/session-manager.ts'
import { type EndReason, SessionWatch } from '../core/session-watch.ts'
import { CsrfGuard, type CsrfOptions } from '../csrf/guard.ts'
import { connectionOrigin, nodeRequest } from './node-request.ts'

export interface SocketOptions {
  /** Pages of which other origins may open sockets: `csrf.trustedOrigins`. Default none. */
  readonly csrf?: Pick<CsrfOptions, 'trustedOrigins'>
  /** How often the store is asked whether the sessions of open sockets still live. Default `10s`. */
  readonly interval?: Duration
}

/** The part of a `WebSocket` of ws that is used. */
export interface WsSocket {
  on(event: 'error', listener: () => void): unknown
  removeAllListeners(event: 'message'): unknown
  close(code: number, reason: string): void
  terminate(): void
  once(event: 'close', listener: () => void): unknown
}

/** The part of a `Socket` of Socket.IO that is used. */
export interface SocketIoSocket {
  readonly request: IncomingMessage
  // biome-ignore lint/suspicious/noExplicitAny: it is the application's type for the data of a socket.
  data: any
  /** The connection below, which may carry several namespaces. */
  readonly conn: { close(): unknown; once(event: 'close', listener: () => void): unknown; readonly readyState: string }
  /** Its namespace. */
  readonly nsp: { readonly server: object }
  disconnect(close: boolean): unknown
  once(event: 'disconnect', listener: () => void): unknown
}

type SocketIoMiddleware = (socket: SocketIoSocket, next: (error?: Error) => void) => void

/** The part of a `Server` of Socket.IO that is used. */
export interface SocketIoServer {
  // biome-ignore lint/suspicious/noExplicitAny: its own types are narrower than what it calls with.
  use(middleware: any): unknown
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  on(event: 'new_namespace', listener: (namespace: any) => void): unknown
}

/** The close code of a socket whose session ended; 4000 to 4999 are the application's (RFC 6455, section 7.4.2). */
export const SESSION_ENDED = 4401

/** How long a client may take to answer the closing handshake, in milliseconds; what it sends meanwhile reaches nobody. */
const CLOSING_TIME = 1_000

/** Sockets that live as long as the session they were opened with. */
export class SessionSockets<Data extends object, User> {
  readonly #sessions: SessionManager<Data, User>
  readonly #guard: CsrfGuard
  readonly #watch: SessionWatch<Data, User>

  constructor(sessions: SessionManager<Data, User>, { csrf = {}, ...watch }: SocketOptions = {}) {
    this.#sessions = sessions
    this.#guard = new CsrfGuard(csrf)
    this.#watch = new SessionWatch(sessions, watch)
  }

  /**
   * Opens the session of a handshake. A page of another origin is refused (`csrf_refused`), since browsers send cookies with its handshakes too. The session is there to be read; a write throws `head_sent`.
   * Rejects with `store_unavailable` when the store failed. A connection that breaks meanwhile is closed and ends nothing else: Node listens for its errors no longer.
   */
  async openUpgrade(request: IncomingMessage): Promise<Session<Data, User>> {
    endOnError(request.socket)
    const like = nodeRequest(request, request, connectionOrigin)
    const session = await this.#sessions.open(like)
    this.#guard.check({ method: 'UPGRADE', url: like.url, headers: like.headers }, session) // It asks by GET, but what follows is not safe.
    await session.commit({ status: 101 })
    return session
  }

  /** Closes a socket of ws when the session ends, with the code 4401. */
  bind(session: Session<Data, User>, socket: WsSocket): void {
    const stop = this.onEnd(session, (reason) => {
      socket.removeAllListeners('message')
      socket.close(SESSION_ENDED, reason)
      setTimeout(() => socket.terminate(), CLOSING_TIME).unref()
    })
    socket.once('close', stop)
    socket.on('error', () => {}) // A frame that is none closes the socket, and is no reason to end the process.
  }

  /** Calls `end` once, when the session ends; for other kinds of sockets and streams. Returns what stops the watch: call it when the socket closes by itself. */
  onEnd(session: Session<Data, User>, end: (reason: EndReason) => void): () => void {
    return this.#watch.watch(session, end)
  }

  /** Gives every namespace of a Socket.IO server the middleware: the main one, and those that are made after this call. */
  attach(io: SocketIoServer): void {
    io.use(this.socketIo)
    io.on('new_namespace', (namespace: { use(middleware: SocketIoMiddleware): unknown }) => namespace.use(this.socketIo))
  }

  /**
   * Middleware of Socket.IO for one namespace, which `attach` gives to all: the session is `socket.data.session`, and the socket is disconnected when it ends. A refused
   * handshake is a `connect_error`; so is every one where connection state recovery passes middlewares by (`bad_option`), since it would bring back sessions that have ended.
   */
  readonly socketIo: SocketIoMiddleware = (socket, next) => {
    if (skipsMiddlewares(socket.nsp.server)) return next(new InstarError('bad_option', RECOVERY))
    this.openUpgrade(socket.request).then((session) => {
      if (socket.conn.readyState !== 'open') return next(new InstarError('session_ended', 'The connection was closed meanwhile.'))
      socket.data = { ...socket.data, session }
      const stop = this.onEnd(session, () => {
        socket.disconnect(true)
        socket.conn.close() // Also before it is connected, while another middleware waits.
      })
      socket.once('disconnect', stop)
      socket.conn.once('close', stop)
      next()
    }, next)
  }

  /** Answers a handshake that was refused, with a status or that of an error, and closes its connection. */
  refuse(socket: Duplex, why: unknown): void {
    const status = typeof why === 'number' ? why : why instanceof InstarError ? why.status : 500
    endOnError(socket)
    socket.once('finish', () => socket.destroy())
    setTimeout(() => socket.destroy(), CLOSING_TIME).unref()
    socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  }

  /** How many sessions have open sockets. */
  get size(): number {
    return this.#watch.size
  }

  /** Stops watching; no socket is closed. */
  close(): void {
    this.#watch.close()
  }
}

const RECOVERY =
  'connectionStateRecovery of Socket.IO passes middlewares by unless told otherwise, and so brings back sockets whose sessions have ended. Set connectionStateRecovery: { skipMiddlewares: false }.'

function skipsMiddlewares(server: object): boolean {
  const { connectionStateRecovery } = (server as { opts?: { connectionStateRecovery?: { skipMiddlewares?: boolean } } }).opts ?? {}
  return connectionStateRecovery !== undefined && connectionStateRecovery.skipMiddlewares !== false
}

const guarded = new WeakSet<Duplex>()

/** Without a listener the reset of a connection that was upgraded would end the process. */
function endOnError(socket: Duplex): void {
  if (guarded.has(socket)) return
  guarded.add(socket)
  socket.on('error', () => socket.destroy())
}
