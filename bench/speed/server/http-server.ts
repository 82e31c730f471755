import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Actions, ASSET, type Served } from './application.ts'
import { listening } from './listening.ts'
import { tableOf } from './routes.ts'

type Handler<Seen> = (req: IncomingMessage, res: ServerResponse, seen: Seen) => unknown
type Listener = (req: IncomingMessage, res: ServerResponse) => unknown

/** The application without a framework. `wrap` is how a library gives a listener its session. */
export function onHttp<Seen>(wrap: (handler: Handler<Seen>) => Listener, actions: Actions<Seen>, seed?: Served['seed']): Served {
  const answers = tableOf(actions)
  const listener = wrap(async (req, res, seen) => {
    if (req.url === '/asset') return send(res, 'text/css; charset=utf-8', ASSET)
    const answer = answers.get(`${req.method} ${req.url}`)
    if (!answer) return void res.writeHead(404).end()
    send(res, 'application/json; charset=utf-8', JSON.stringify(await answer(seen, (name) => String(req.headers[name]))))
  })
  return listening((port, host, done) => createServer(listener).listen(port, host, done), seed)
}

function send(res: ServerResponse, type: string, body: string): void {
  res.setHeader('Content-Type', type)
  res.setHeader('Content-Length', Buffer.byteLength(body))
  res.end(body)
}
