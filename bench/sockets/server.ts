// One of the processes of an application with sockets: each message is answered with the user of its session.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Duration, type EndingFeed, SessionManager } from 'instar'
import { withSession } from 'instar/adapters/node'
import { SESSION_ENDED, SessionSockets } from 'instar/adapters/sockets'
import { createTestSession } from 'instar/testing'
import { WebSocketServer } from 'ws'
import { answerQuestions } from '../../packages/instar/test/model/remote.ts'
import { KINDS, type Place } from './place.ts'

export interface Setup {
  readonly place: Place
  readonly interval: Duration
  readonly flaw?: Flaw
}

/** What is wrong on purpose: sockets are not bound, all are closed with the first, or they are cut off without a word. */
export type Flaw = 'unbound' | 'closes all' | 'cuts off'

const { place, interval, flaw }: Setup = JSON.parse(process.argv[2] ?? '')
const { store, feed } = await KINDS[place.kind].open(place)
const listening = Promise.withResolvers<void>()
const sessions = new SessionManager({ store, ...(feed && { feed: noting(feed) }) })
const sockets = new SessionSockets(sessions, { interval })
if (feed) await listening.promise

const server = createServer(
  withSession(sessions, async (_request, response, session) => {
    await session.logout()
    response.end()
  }),
)
const wss = new WebSocketServer({ noServer: true })
server.on('upgrade', async (request, socket, head) => {
  try {
    const session = await sockets.openUpgrade(request)
    if (!session.isAuthenticated()) return sockets.refuse(socket, 401)
    wss.handleUpgrade(request, socket, head, (ws) => {
      if (flaw === undefined) sockets.bind(session, ws)
      else if (flaw !== 'unbound') ws.once('close', sockets.onEnd(session, flaw === 'cuts off' ? () => ws.terminate() : closeAll))
      ws.on('message', () => ws.send(String(session.userId)))
    })
  } catch (error) {
    sockets.refuse(socket, error)
  }
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')

function closeAll(): void {
  for (const ws of wss.clients) ws.close(SESSION_ENDED)
}

/** The feed, which says when it is listened to: what is told before is found only at the interval. */
function noting(feed: EndingFeed): EndingFeed {
  return {
    publish: (ending) => feed.publish(ending),
    async subscribe(listener) {
      const stop = await feed.subscribe(listener)
      listening.resolve()
      return stop
    },
  }
}

const questions = {
  origin: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  logIn: async (userId: string) => (await createTestSession(sessions, { userId })).cookie,
  revokeAll: (userId: string) => sessions.revokeAll(userId),
  /** How many sessions are watched for their sockets. */
  watched: () => sockets.size,
}

export type ServerQuestions = typeof questions

answerQuestions(questions)
