import { createServer } from 'node:http'
// #region sockets
import { SessionManager } from 'instar'
import { withSession } from 'instar/adapters/node'
import { SessionSockets } from 'instar/adapters/sockets'
import { memoryStore } from 'instar/stores/memory'
import { WebSocketServer } from 'ws'

export const sessions = new SessionManager({ store: memoryStore() })
const sockets = new SessionSockets(sessions)
const wss = new WebSocketServer({ noServer: true })
export const server = createServer(withSession(sessions, (_request, response, session) => response.end(session.userId ?? 'nobody')))

server.on('upgrade', async (request, socket, head) => {
  try {
    const session = await sockets.openUpgrade(request)
    if (!session.isAuthenticated()) return sockets.refuse(socket, 401)
    wss.handleUpgrade(request, socket, head, (ws) => {
      sockets.bind(session, ws)
      ws.on('message', (message) => ws.send(`${session.userId}: ${message}`))
    })
  } catch (error) {
    sockets.refuse(socket, error)
  }
})
// #endregion

export const close = () => {
  sockets.close()
  server.closeAllConnections()
  server.close()
}
