import { createServer } from 'node:http'
// #region sockets
import { SessionManager } from 'instar'
import { SessionSockets } from 'instar/adapters/sockets'
import { memoryStore } from 'instar/stores/memory'
import { Server } from 'socket.io'

export const sessions = new SessionManager({ store: memoryStore() })
const sockets = new SessionSockets(sessions)
export const server = createServer()
const io = new Server(server)
sockets.attach(io)
io.on('connection', (socket) => {
  const { session } = socket.data
  socket.on('say', (message, answer) => answer(`${session.userId}: ${message}`))
})
// #endregion

export const close = () => {
  sockets.close()
  return io.close()
}
