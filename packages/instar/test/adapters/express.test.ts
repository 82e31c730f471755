import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import compression from 'compression'
import type { ErrorRequestHandler, Express, Request } from 'express'
import { type Session, SessionManager, type SessionManagerOptions } from 'instar'
import { type InstarOptions, instar, requireFresh, requireUser, sessionOf } from 'instar/adapters/express-untyped'
import { memoryStore } from 'instar/stores/memory'
import { type GatedStore, gatedStore, TestBrowser, TestClock } from 'instar/testing'
import { expresses, listen, quietErrors } from './harness.ts'

type Data = { x: number; cart: string[] }

interface Rig {
  readonly app: Express
  readonly store: GatedStore
  readonly browser: TestBrowser
  readonly clock: TestClock
  sessionOf(request: Request): Session<Data>
}

/** Runs a test on both majors, with an application that `routes` completes. */
function onBoth(title: string, routes: (rig: Omit<Rig, 'browser'>) => void, steps: (rig: Rig) => Promise<void>, setup: Setup = {}): void {
  for (const [name, make] of Object.entries(expresses)) {
    test(`${title} (${name})`, async () => {
      const clock = new TestClock()
      const store = gatedStore(memoryStore({ now: clock.now }))
      const sessions = new SessionManager<Data>({ store, now: clock.now, ...setup.manager })
      const app = make()
      setup.before?.(app)
      app.use(instar(sessions, setup.adapter))
      setup.after?.(app)
      const rig = { app, store, clock, sessionOf: (request: Request) => sessionOf(sessions, request) as Session<Data> }
      routes(rig)
      app.post('/login', async (request, response, next) => {
        try {
          await rig.sessionOf(request).login('ann')
          response.send('welcome')
        } catch (error) {
          next(error)
        }
      })
      app.get('/who', (request, response) => {
        response.send(rig.sessionOf(request).userId ?? 'nobody')
      })
      const server = await listen(quietErrors(app))
      try {
        await steps({ ...rig, browser: new TestBrowser(server.origin) })
      } finally {
        await server.close()
      }
    })
  }
}

interface Setup {
  readonly manager?: Partial<SessionManagerOptions<unknown>>
  readonly adapter?: InstarOptions
  readonly before?: (app: Express) => void
  readonly after?: (app: Express) => void
}

const COOKIE = /^__Host-Http-pre=[\w-]{22}\.[\w-]{43};/
const FILE = join(import.meta.dirname, 'express.test.ts')

describe('every way in which a head can go carries the cookie', () => {
  const ways: { readonly [way: string]: (request: Request, response: import('express').Response) => void } = {
    end: (_, response) => void response.end('body'),
    send: (_, response) => void response.send('body'),
    json: (_, response) => void response.json({ body: true }),
    sendStatus: (_, response) => void response.sendStatus(202),
    redirect: (_, response) => response.redirect('/who'),
    'redirect with a status': (_, response) => response.redirect(303, '/who'),
    sendFile: (_, response) => response.sendFile(FILE),
    write: (_, response) => {
      response.write('body ')
      response.write(Buffer.from('more'))
      response.end()
    },
    writeHead: (_, response) => void response.writeHead(203, { 'X-Own': 'yes' }).end('body'),
    'writeHead with an absent message': (_, response) =>
      void response.writeHead(200, undefined as never, { 'Set-Cookie': ['own=1', 'two=2'], 'X-Own': 'yes' } as never).end('body'),
    'writeHead with Set-Cookie': (_, response) => void response.writeHead(200, { 'Set-Cookie': ['own=1', 'two=2'], 'X-Own': 'yes' }).end('body'),
    'writeHead with a message and a flat list': (_, response) =>
      void response.writeHead(200, 'Fine', ['X-Own', 'yes', 'Set-Cookie', 'own=1', 'Set-Cookie', 'two=2']).end('body'),
    flushHeaders: (_, response) => {
      response.flushHeaders()
      response.end('body')
    },
    'end with a callback': (_, response) => void response.end(() => {}),
    'after setImmediate': (_, response) => void setImmediate(() => response.send('later')),
  }
  for (const [way, answer] of Object.entries(ways)) {
    onBoth(
      way,
      ({ app, sessionOf }) => {
        app.get('/way', (request, response) => {
          sessionOf(request).set('x', 1)
          answer(request, response)
        })
      },
      async ({ browser }) => {
        const { setCookie, headers, status } = await browser.send('/way')
        assert.match(setCookie.at(-1) as string, COOKIE)
        if (way.startsWith('writeHead')) assert.equal(headers.get('x-own'), 'yes')
        if (way.includes('Set-Cookie') || way.includes('flat') || way.includes('absent')) assert.deepEqual(setCookie.slice(0, 2), ['own=1', 'two=2'])
        if (way === 'writeHead') assert.equal(status, 203)
      },
    )
  }
})

onBoth(
  'sendFile answers 304 to a conditional request, and a range, with the session in place',
  ({ app, sessionOf }) => {
    app.get('/file', (request, response) => {
      sessionOf(request).set('x', 1)
      response.sendFile(FILE)
    })
  },
  async ({ browser }) => {
    const whole = await browser.send('/file')
    assert.equal(whole.status, 200)
    const etag = whole.headers.get('etag') as string
    assert.equal((await browser.send('/file', { headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' } })).status, 304)
    assert.equal((await browser.send('/file', { headers: { range: 'bytes=0-9' } })).body, whole.body.slice(0, 10))
    assert.equal((await browser.send('/file', { method: 'HEAD' })).headers.get('content-length'), String(Buffer.byteLength(whole.body)))
  },
)

onBoth(
  'server-sent events: the head goes at the first flush, each event as it comes, and a write afterwards is refused',
  ({ app, sessionOf }) => {
    app.get('/events', async (request, response) => {
      sessionOf(request).set('x', 1)
      response.writeHead(200, { 'Content-Type': 'text/event-stream' })
      response.flushHeaders()
      response.write('data: one\n\n')
      await new Promise((done) => setImmediate(done))
      try {
        sessionOf(request).set('x', 2)
      } catch (error) {
        response.write(`data: ${(error as { code?: string }).code}\n\n`)
      }
      response.end()
    })
  },
  async ({ browser }) => {
    const { body, setCookie } = await browser.send('/events')
    assert.equal(body, 'data: one\n\ndata: head_sent\n\n')
    assert.match(setCookie[0] as string, COOKIE)
  },
)

onBoth(
  'a body larger than the buffers waits for drain, before the commit and after',
  ({ app, sessionOf }) => {
    app.get('/large', async (request, response) => {
      sessionOf(request).set('x', 1)
      if (!response.write('small')) await once(response, 'drain')
      for (let piece = 0; piece < 50; piece++) if (!response.write('x'.repeat(65_536))) await once(response, 'drain')
      response.end()
    })
  },
  async ({ browser }) => assert.equal((await browser.send('/large')).body.length, 5 + 50 * 65_536),
)

onBoth(
  'while the head is held others see the answer as given',
  ({ app, sessionOf }) => {
    app.get('/seen', (request, response) => {
      sessionOf(request).set('x', 1)
      assert.equal(response.headersSent, false)
      response.end('first')
      assert.deepEqual([response.headersSent, response.writableEnded], [true, true])
      throw new Error('after the answer')
    })
  },
  async ({ browser }) => {
    const outcome = await browser.send('/seen').catch(() => 'broken off')
    assert.ok(typeof outcome === 'string' || outcome.body === 'first')
    assert.equal((await browser.send('/who')).status, 200)
  },
)

const failing = (rig: Omit<Rig, 'browser'>): void => {
  rig.app.post('/fails', (request, response) => {
    rig.sessionOf(request).set('x', 1)
    response.set('X-Answer', 'yes').type('html').send('the answer '.repeat(500))
  })
}

async function answerOfFailedCommit({ browser, store }: Rig): Promise<{ status: number; body: string; encoding: string | undefined; cookies: string[] }> {
  const gate = store.hold('create')
  const sent = httpRequest(`${browser.origin}/fails`, { method: 'POST', headers: { 'accept-encoding': 'gzip', 'sec-fetch-site': 'same-origin' } }).end()
  await gate.reached
  gate.fail(new Error('disk full'))
  const [response] = await once(sent, 'response')
  const body = Buffer.concat(await response.toArray())
  const encoding = response.headers['content-encoding']
  return {
    status: response.statusCode,
    body: (encoding === 'gzip' ? gunzipSync(body) : body).toString(),
    encoding,
    cookies: response.headers['set-cookie'] ?? [],
  }
}

for (const [place, setup] of Object.entries({
  'without compression': {},
  'with compression before': { before: (app: Express) => app.use(compression({ threshold: 0 })) },
  'with compression after': { after: (app: Express) => app.use(compression({ threshold: 0 })) },
})) {
  onBoth(
    `a commit that fails gives the error's answer alone, ${place}`,
    failing,
    async (rig) => {
      const { status, body, cookies } = await answerOfFailedCommit(rig)
      // Compression that comes later waits for the head with its answer half written, so that is cut off.
      const expected = place === 'with compression after' ? 'The request failed.' : 'failed: store_unavailable'
      assert.deepEqual([status, body, cookies], [503, expected, []])
    },
    setup as Setup,
  )

  onBoth(
    `a large answer arrives whole, ${place}`,
    ({ app, sessionOf }) => {
      app.get('/text', (request, response) => {
        sessionOf(request).set('x', 1)
        response.type('html').send('words '.repeat(40_000))
      })
      app.get('/stream', (request, response) => {
        sessionOf(request).set('x', 1)
        response.type('html')
        for (let piece = 0; piece < 20; piece++) response.write('words '.repeat(2_000))
        response.end()
      })
    },
    async ({ browser }) => {
      for (const path of ['/text', '/stream']) {
        const { body, setCookie, headers } = await new TestBrowser(browser.origin).send(path, { headers: { 'accept-encoding': 'gzip' } })
        assert.equal(body.length, 240_000)
        assert.match(setCookie[0] as string, COOKIE)
        assert.equal(headers.get('content-encoding'), place === 'without compression' ? null : 'gzip')
      }
    },
    setup as Setup,
  )
}

onBoth(
  'a commit that fails passes by a later middleware that lets one answer through',
  failing,
  async (rig) => {
    const { status, body, cookies } = await answerOfFailedCommit(rig)
    assert.deepEqual([status, body, cookies], [503, 'failed: store_unavailable', []])
  },
  {
    after: (app) =>
      void app.use((_request, response, next) => {
        const end = response.end as (...args: unknown[]) => typeof response
        let hasEnded = false
        response.end = ((...args: unknown[]) => {
          if (!hasEnded) end.apply(response, args)
          hasEnded = true
          return response
        }) as typeof response.end
        next()
      }),
  },
)

onBoth(
  'an error handler that also fails is answered with a bare 503',
  ({ app, sessionOf }) => {
    app.use((request, _response, next) => {
      sessionOf(request).set('x', 1)
      next()
    })
    app.get('/x', (_request, response) => {
      response.send('stored')
    })
    app.use(((_error, request, response, _next) => {
      sessionOf(request).set('x', 2)
      response.status(200).send('all is well')
    }) as import('express').ErrorRequestHandler)
  },
  async ({ browser, store }) => {
    store.breakDown()
    const { status, body, setCookie } = await browser.send('/x')
    assert.deepEqual([status, body, setCookie], [503, 'The request failed.', []])
  },
)

onBoth(
  'errors thrown, passed on and rejected reach the error handler, and nothing is stored',
  ({ app, sessionOf }) => {
    app.get('/throws', (request) => {
      sessionOf(request).set('x', 1)
      throw new Error('thrown')
    })
    app.get('/passes', (request, _response, next) => {
      sessionOf(request).set('x', 1)
      next(new Error('passed on'))
    })
  },
  async ({ browser, store }) => {
    for (const path of ['/throws', '/passes']) assert.deepEqual([(await browser.send(path)).status, store.operations], [500, []])
  },
)

onBoth(
  'requireUser: 401, or the login page for a page; back to it afterwards',
  ({ app, sessionOf }) => {
    app.get('/api', requireUser(), (_request, response) => void response.send('api'))
    app.all('/page', requireUser({ loginUrl: '/login' }), (_request, response) => void response.send('page'))
    app.get('/back', (request, response) => void response.send(sessionOf(request).returnTo('/')))
  },
  async ({ browser }) => {
    assert.equal((await browser.send('/api')).status, 401)
    assert.equal((await browser.post('/page', { headers: { accept: 'text/html' } })).status, 401)
    const sent = await browser.send('/page?a=1', { headers: { accept: 'text/html' } })
    assert.deepEqual([sent.status, sent.headers.get('location')], [303, '/login'])
    await browser.post('/login')
    assert.equal((await browser.send('/back')).body, '/page?a=1')
    assert.equal((await browser.send('/api')).body, 'api')
  },
)

onBoth(
  'requireFresh: passes within its time, then asks again',
  ({ app }) => {
    app.get('/api', requireFresh({ maxAge: '10m' }), (_request, response) => void response.send('api'))
    app.get('/page', requireFresh({ maxAge: '10m', confirmUrl: '/confirm' }), (_request, response) => void response.send('page'))
    app.get('/otp', requireFresh({ maxAge: '10m', method: 'totp' }), (_request, response) => void response.send('otp'))
  },
  async ({ browser, clock }) => {
    assert.equal((await browser.send('/api')).status, 401)
    await browser.post('/login')
    assert.equal((await browser.send('/api')).status, 200)
    assert.equal((await browser.send('/otp')).status, 403)
    clock.advance(10 * 60_000 + 1)
    assert.deepEqual(
      [(await browser.send('/api')).status, (await browser.send('/page', { headers: { accept: 'text/html' } })).headers.get('location')],
      [403, '/confirm'],
    )
  },
)

onBoth(
  'behind a proxy the origin is what Express says, or the option',
  () => {},
  async ({ browser }) => {
    const plain = { host: 'shop.example' }
    const proxied = { ...plain, 'x-forwarded-proto': 'https', 'x-forwarded-host': 'shop.example:8443' }
    const get = async (headers: { [name: string]: string }, origin?: string): Promise<number | undefined> => {
      const site = origin === undefined ? { 'sec-fetch-site': 'same-origin' } : { origin }
      const sent = httpRequest(`${browser.origin}/login`, { method: 'POST', headers: { ...headers, ...site } }).end()
      const [response] = await once(sent, 'response')
      response.resume()
      return response.statusCode
    }
    assert.equal(await get(plain), 500, 'plain http on a host that is not localhost')
    assert.equal(await get(proxied), 200)
    assert.equal(await get(proxied, 'https://shop.example:8443'), 200)
    assert.equal(await get(proxied, 'https://shop.example'), 403, 'another port')
    assert.equal(await get(proxied, 'https://evil.example'), 403)
  },
  { before: (app) => void app.set('trust proxy', 'loopback') },
)

onBoth(
  'without trust in a proxy its headers are not believed',
  () => {},
  async ({ browser }) => {
    const forged = { host: 'localhost', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', origin: 'http://evil.example' }
    const sent = httpRequest(`${browser.origin}/login`, { method: 'POST', headers: forged }).end()
    const [response] = await once(sent, 'response')
    response.resume()
    assert.equal(response.statusCode, 403)
  },
)

onBoth(
  'assigning req.session, or using two session middlewares, is refused',
  ({ app }) => {
    app.get('/assign', (request, response) => {
      try {
        ;(request as { session?: unknown }).session = null
      } catch (error) {
        response.send((error as { code?: string }).code)
      }
    })
  },
  async ({ browser, app }) => {
    assert.equal((await browser.send('/assign')).body, 'unknown_property')
    assert.ok(app)
  },
)

onBoth(
  'a second session middleware is refused',
  () => {},
  async ({ browser }) => assert.equal((await browser.send('/who')).body, 'failed: bad_option'),
  { after: (app) => void app.use(instar(new SessionManager({ store: memoryStore() }))) },
)

onBoth(
  'the token in a body that was read before is found',
  ({ app, sessionOf }) => {
    app.get('/token', (request, response) => void response.send(sessionOf(request).csrfToken()))
    app.post('/act', (_request, response) => void response.send('done'))
  },
  async ({ browser }) => {
    await browser.post('/login')
    const form = (token: string) =>
      browser.send('/act', { method: 'POST', site: null, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `_csrf=${token}` })
    assert.equal((await form((await browser.send('/token')).body)).status, 200)
    assert.equal((await form('x'.repeat(59))).status, 403)
  },
  { before: (app) => void app.use(expressUrlencoded) },
)

function expressUrlencoded(request: Request, _response: unknown, next: (error?: unknown) => void): void {
  let body = ''
  request.setEncoding('utf8').on('data', (piece) => {
    body += piece
  })
  request.on('end', () => {
    request.body = Object.fromEntries(new URLSearchParams(body))
    next()
  })
}

onBoth(
  'sessionOf refuses another manager’s session',
  ({ app }) => {
    app.get('/other', (request, response) => void response.send(sessionOf(new SessionManager({ store: memoryStore() }), request).userId))
  },
  async ({ browser }) => assert.equal((await browser.send('/other')).body, 'failed: bad_option'),
)

const refusals: unknown[] = []
onBoth(
  'a second answer while the first is held fails as in plain Node, and never mixes with it',
  ({ app, sessionOf }) => {
    app.get('/throws', (request, response) => {
      sessionOf(request).set('x', 1)
      response.send('the first answer')
      throw new Error('after the answer')
    })
    app.get('/twice', (request, response) => {
      sessionOf(request).set('x', 1)
      response.end('the first answer')
      response.end('the second')
      response.statusCode = 500
      refusals.length = 0
      for (const change of [() => response.setHeader('Content-Length', 2), () => response.writeHead(500)]) {
        try {
          change()
        } catch (error) {
          refusals.push((error as { code?: string }).code)
        }
      }
    })
    app.use(((_error, _request, response, _next) => {
      response.status(500).json({ careless: true })
    }) as ErrorRequestHandler)
  },
  async ({ browser }) => {
    const thrown = await browser.send('/throws').catch(() => undefined)
    if (thrown) assert.deepEqual([thrown.status, thrown.body], [200, 'the first answer'])
    const twice = await browser.send('/twice')
    assert.deepEqual([twice.status, twice.body], [200, 'the first answer'])
    assert.deepEqual(refusals, ['ERR_HTTP_HEADERS_SENT', 'ERR_HTTP_HEADERS_SENT'])
    assert.equal((await browser.send('/who')).status, 200, 'the process lives')
  },
)

for (const [place, setup] of Object.entries({
  'without compression': {},
  'with compression before': { before: (app: Express) => app.use(compression({ threshold: 0 })) },
  'with compression after': { after: (app: Express) => app.use(compression({ threshold: 0 })) },
}) as [string, Setup][]) {
  onBoth(
    `a pipe goes on after the commit, ${place}`,
    ({ app, sessionOf }) => {
      app.get('/pipe', (request, response) => {
        sessionOf(request).set('x', 1)
        response.type('html')
        Readable.from(Array.from({ length: 50 }, () => 'x'.repeat(1_000))).pipe(response)
      })
    },
    async ({ browser }) => {
      const { body, setCookie } = await browser.send('/pipe', { headers: { 'accept-encoding': 'gzip' } })
      assert.deepEqual([body.length, setCookie.length], [50_000, 1])
    },
    setup,
  )

  onBoth(
    `an answer that is still produced when its commit fails is cut off, whatever the error handler does, ${place}`,
    ({ app, sessionOf }) => {
      app.post('/produces', async (request, response) => {
        sessionOf(request).set('x', 1)
        response.type('html').write('the answer begins')
        await new Promise((done) => setTimeout(done, 20))
        response.write(' and goes on')
        response.end(' and ends')
      })
      app.use((async (_error, _request, response, _next) => {
        await new Promise((done) => setTimeout(done, 10))
        if (!response.headersSent) response.status(500).send('the error page')
      }) as ErrorRequestHandler)
    },
    async ({ browser, store }) => {
      const gate = store.hold('create')
      const sent = browser.post('/produces', { headers: { 'accept-encoding': 'gzip' } })
      await gate.reached
      gate.fail(new Error('disk full'))
      const { status, body, setCookie } = await sent
      assert.deepEqual([status, body, setCookie], [503, 'The request failed.', []])
      assert.equal((await browser.send('/who')).status, 200, 'the process lives')
    },
    setup,
  )
}

onBoth(
  'an answer that is cut off still carries the cookie of a login that was stored',
  ({ app, sessionOf }) => {
    app.post('/produces', async (request, response) => {
      await sessionOf(request).login('ann')
      sessionOf(request).set('x', 1)
      response.write('welcome')
      await new Promise((done) => setTimeout(done, 20))
      response.end()
    })
  },
  async ({ browser, store }) => {
    const gate = store.hold('update')
    const sent = browser.post('/produces')
    await gate.reached
    gate.fail(new Error('disk full'))
    assert.deepEqual([(await sent).status, (await browser.send('/who')).body], [503, 'ann'])
  },
)

onBoth(
  'of an answer that is thrown away nothing stays but what protects any answer',
  ({ app, sessionOf }) => {
    app.post('/welcome', (request, response) => {
      sessionOf(request).set('x', 1)
      response
        .cookie('jwt', 'secret')
        .set({ Refresh: '0;url=/home', Link: '</next>', 'X-User': 'ann', 'Content-Security-Policy': "default-src 'self'", 'X-Frame-Options': 'DENY' })
      response.statusMessage = 'Welcome Ann'
      response.send('welcome')
    })
  },
  async ({ browser, store }) => {
    const gate = store.hold('create')
    const sent = httpRequest(`${browser.origin}/welcome`, { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } }).end()
    await gate.reached
    gate.fail(new Error('disk full'))
    const [response] = await once(sent, 'response')
    response.resume()
    assert.deepEqual([response.statusCode, response.statusMessage], [503, 'Service Unavailable'])
    for (const name of ['set-cookie', 'refresh', 'link', 'x-user']) assert.equal(response.headers[name], undefined, name)
    assert.deepEqual(
      [response.headers['content-security-policy'], response.headers['x-frame-options'], response.headers['x-before']],
      ["default-src 'self'", 'DENY', 'yes'],
    )
  },
  {
    before: (app) =>
      void app.use((_request, response, next) => {
        response.set('X-Before', 'yes')
        next()
      }),
  },
)

onBoth(
  'a Host that holds a path opens no exemption',
  ({ app, sessionOf }) => {
    app.post('/transfer', (request, response) => void response.send(`acted as ${sessionOf(request).userId}`))
  },
  async ({ browser }) => {
    await browser.post('/login')
    const { port } = new URL(browser.origin)
    for (const host of [`localhost:${port}/hooks/x?`, `localhost:${port}/hooks/x#`, `localhost:${port}\\hooks/x`, 'x@localhost/hooks/x?']) {
      const sent = httpRequest(`${browser.origin}/transfer`, {
        method: 'POST',
        headers: { host, cookie: browser.cookie, 'sec-fetch-site': 'cross-site' },
      }).end()
      const [response] = await once(sent, 'response')
      response.resume()
      assert.equal(response.statusCode, 403, host)
    }
  },
  { adapter: { csrf: { exempt: ['/hooks/*'] } } },
)

let loads = 0
onBoth(
  'a gate that answers too late passes its error on',
  ({ app }) => {
    app.use('/slow', (_request, response, next) => {
      next()
      setImmediate(() => response.status(504).send('too slow'))
    })
    app.get('/slow', requireUser({ loginUrl: '/login' }), (_request, response) => void response.send('page'))
  },
  async ({ browser }) => {
    await browser.post('/login')
    assert.equal((await browser.send('/slow', { headers: { accept: 'text/html' } })).status, 504)
    assert.equal((await browser.send('/who')).status, 200, 'the process lives')
  },
  {
    manager: {
      // Known at the login, gone at the next request, and late to say so.
      async loadUser(user) {
        if (++loads % 2 === 1) return { user }
        await new Promise((done) => setTimeout(done, 20))
        return undefined
      },
    },
  },
)
