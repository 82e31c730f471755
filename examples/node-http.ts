// The same without a framework. Run it with: node --conditions=instar-source examples/node-http.ts
import { createServer } from 'node:http'
import { SessionManager } from 'instar'
import { withSession } from 'instar/adapters/node'
import { memoryStore } from 'instar/stores/memory'

// #region server
const sessions = new SessionManager<{ views: number }>({ store: memoryStore() })

export const server = createServer(
  withSession(sessions, async (req, res, session) => {
    const route = `${req.method} ${req.url}`
    if (route === 'POST /login') {
      await session.login('ann') // whose password the application has just checked
      return res.writeHead(303, { Location: session.returnTo('/') }).end()
    }
    if (route === 'POST /logout') {
      await session.logout()
      return res.writeHead(303, { Location: '/' }).end()
    }
    if (route !== 'GET /') return res.writeHead(404).end()
    session.update('views', (views = 0) => views + 1)
    res.setHeader('Content-Type', 'text/plain; charset=utf-8')
    res.end(`${session.userId ?? 'nobody'}, ${session.get('views')} views`)
  }),
)
// #endregion

if (import.meta.main) server.listen(3000, () => console.log('http://localhost:3000'))
