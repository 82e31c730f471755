import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Json, SessionManager, type SessionManagerOptions } from 'instar'
import { SessionSockets, type SocketOptions } from 'instar/adapters/sockets'
import { createTestSession, type TestSessionOptions } from 'instar/testing'
import { WebSocket, WebSocketServer } from 'ws'

export type Data = { [key: string]: Json }
type Options = Pick<SessionManagerOptions<string>, 'store'> & Partial<SessionManagerOptions<string>>

/** An application with sockets: each message is answered with the user of its session. */
export interface Site {
  readonly sessions: SessionManager<Data, string>
  readonly sockets: SessionSockets<Data, string>
  readonly origin: string
  /** Opens a socket of somebody, as a page of this site does, and waits until it is open. */
  open(cookie: string, headers?: { readonly [name: string]: string }): Promise<WebSocket>
  logIn(userId: string, more?: TestSessionOptions<Data>): Promise<{ readonly cookie: string; readonly handle: string }>
  close(): Promise<void>
}

export async function site(options: Options, socketOptions: SocketOptions = {}): Promise<Site> {
  const sessions = new SessionManager<Data, string>(options)
  const sockets = new SessionSockets(sessions, socketOptions)
  const server = createServer((_request, response) => response.end())
  const wss = new WebSocketServer({ noServer: true })
  server.on('upgrade', async (request: IncomingMessage, socket, head) => {
    try {
      const session = await sockets.openUpgrade(request)
      wss.handleUpgrade(request, socket, head, (ws) => {
        sockets.bind(session, ws)
        ws.on('message', () => ws.send(String(session.userId)))
      })
    } catch (error) {
      sockets.refuse(socket, error)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    sessions,
    sockets,
    origin,
    async open(cookie, headers = { origin }) {
      const socket = new WebSocket(origin.replace('http', 'ws'), { headers: { ...headers, ...(cookie && { cookie }) } })
      await once(socket, 'open')
      return socket
    },
    logIn: (userId, more = {}) => createTestSession(sessions, { userId, ...more }),
    async close() {
      sockets.close()
      for (const client of wss.clients) client.terminate()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** What a socket answers to a message. */
export async function ask(socket: WebSocket): Promise<string> {
  socket.send('who')
  const [message] = await once(socket, 'message')
  return String(message)
}

/** How a socket was closed. */
export async function closed(socket: WebSocket): Promise<{ readonly code: number; readonly reason: string }> {
  const [code, reason] = await once(socket, 'close')
  return { code, reason: String(reason) }
}
