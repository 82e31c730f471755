import { deepEqual, equal, match } from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { TestBrowser } from 'instar/testing'
import { leftOut } from '../../examples/full-stack/support.ts'
import type { SessionFunction } from '../differential/subjects.ts'

// What people use beside sessions, unmodified, with the original and with the drop-in.

// biome-ignore lint/suspicious/noExplicitAny: packages without types, as applications use them.
type Any = any

const OPTIONS = { secret: 'keyboard cat', resave: false, saveUninitialized: false, cookie: { sameSite: 'lax' } }
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

async function listening<Result>(server: Server, steps: (origin: string) => Promise<Result>): Promise<Result> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await steps(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const browsing = (app: RequestListener, steps: (browser: TestBrowser) => Promise<void>): Promise<void> =>
  listening(createServer(app), (origin) => steps(new TestBrowser(origin)))

describe('middlewares beside sessions', { skip: leftOut('dropins') }, async () => {
  const { original, ours, requireHere } = await import('../differential/subjects.ts')
  const make = (session: SessionFunction): Any => {
    const express = requireHere('express')
    return express()
      .set('env', 'test')
      .use(express.urlencoded({ extended: false }))
      .use(session(OPTIONS))
  }
  const refused = (error: Any, _request: Any, response: Any, _next: Any) => response.status(error.status ?? Math.max(response.statusCode, 400)).send('refused')

  for (const { name, session } of [original(), await ours()]) {
    for (const [library, use] of Object.entries({
      csurf: (app: Any) => app.use(requireHere('csurf')()),
      'csrf-sync': (app: Any) => {
        const { csrfSynchronisedProtection } = requireHere('csrf-sync').csrfSync({ getTokenFromRequest: (request: Any) => request.body?._csrf })
        app.use(csrfSynchronisedProtection)
      },
      lusca: (app: Any) => app.use(requireHere('lusca').csrf()),
    }))
      test(`${library} (${name})`, async () => {
        const app = make(session)
        use(app)
        app.get('/token', (request: Any, response: Any) => response.send(request.csrfToken?.() ?? response.locals._csrf))
        app.post('/act', (_request: Any, response: Any) => response.send('done'))
        app.use(refused)
        await browsing(app, async (browser) => {
          const token = encodeURIComponent((await browser.send('/token')).body)
          const status = async (body: string, from = browser) => (await from.post('/act', { headers: FORM, body })).status
          deepEqual([await status(`_csrf=${token}`), await status('_csrf=wrong'), await status(`_csrf=${token}`, browser.another())], [200, 403, 403])
        })
      })

    test(`connect-flash (${name})`, async () => {
      const app = make(session).use(requireHere('connect-flash')())
      app.get('/say', (request: Any, response: Any) => {
        request.flash('info', 'saved')
        response.redirect('/show')
      })
      app.get('/show', (request: Any, response: Any) => response.send(request.flash('info').join()))
      await browsing(app, async (browser) => {
        await browser.send('/say')
        deepEqual([(await browser.send('/show')).body, (await browser.send('/show')).body], ['saved', ''])
      })
    })

    test(`connect-ensure-login (${name})`, async () => {
      const { ensureLoggedIn } = requireHere('connect-ensure-login')
      const app = make(session)
      app.use((request: Any, _response: Any, next: () => void) => {
        request.isAuthenticated = () => request.session.user !== undefined
        next()
      })
      app.get('/mine', ensureLoggedIn('/login'), (_request: Any, response: Any) => response.send('mine'))
      app.get('/login', (request: Any, response: Any) => {
        request.session.user = 'ann'
        response.send(request.session.returnTo)
      })
      await browsing(app, async (browser) => {
        const { status, headers } = await browser.send('/mine?n=1')
        deepEqual([status, headers.get('location')], [302, '/login'])
        equal((await browser.send('/login')).body, '/mine?n=1')
        equal((await browser.send('/mine')).body, 'mine')
      })
    })

    for (const [way, share] of Object.entries({
      'engine.use of Socket.IO': (io: Any, middleware: Any) => {
        io.engine.use(middleware)
        return (socket: Any) => socket.request.session
      },
      'express-socket.io-session': (io: Any, middleware: Any) => {
        io.use(requireHere('express-socket.io-session')(middleware))
        return (socket: Any) => socket.handshake.session
      },
    }))
      test(`${way} (${name})`, async () => {
        const express = requireHere('express')
        const middleware = session(OPTIONS)
        const app = express().use(middleware)
        app.get('/name', (request: Any, response: Any) => {
          request.session.name = 'ann'
          response.send('named')
        })
        app.get('/count', (request: Any, response: Any) => response.send(String(request.session.count)))
        const server = createServer(app)
        const io = new (requireHere('socket.io').Server)(server)
        const sessionOf = share(io, middleware)
        io.on('connection', (socket: Any) =>
          socket.on('who', (answered: (name: string) => void) => {
            const shared = sessionOf(socket)
            shared.count = (shared.count ?? 0) + 1
            shared.save((error: unknown) => answered(error ? String(error) : shared.name))
          }),
        )
        await listening(server, async (origin) => {
          const browser = new TestBrowser(origin)
          await browser.send('/name')
          for (const transport of ['websocket', 'polling']) {
            const client = requireHere('socket.io-client').io(origin, { transports: [transport], forceNew: true, extraHeaders: { cookie: browser.cookie } })
            equal(await client.emitWithAck('who'), 'ann')
            client.close()
          }
          match((await browser.send('/count')).body, /^[12]$/)
          io.close()
        })
      })
  }
})
