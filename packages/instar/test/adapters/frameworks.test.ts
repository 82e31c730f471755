import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fastify, { type FastifyInstance } from 'fastify'
import { Hono } from 'hono'
import { SessionManager } from 'instar'
import * as fastifyAdapter from 'instar/adapters/fastify'
import * as honoAdapter from 'instar/adapters/hono'
import * as koaAdapter from 'instar/adapters/koa'
import { withSession as webAdapter } from 'instar/adapters/web'
import { memoryStore } from 'instar/stores/memory'
import { createTestSession, gatedStore, TestBrowser } from 'instar/testing'
import type Koa from 'koa'
import { koas, serveWeb } from './frameworks.ts'
import { listen } from './harness.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const managers = () => [0, 1].map(() => new SessionManager({ store: memoryStore() })) as [SessionManager, SessionManager]

async function withServer(starting: Promise<{ origin: string; close(): Promise<void> }>, steps: (browser: TestBrowser) => Promise<void>): Promise<void> {
  const server = await starting
  try {
    await steps(new TestBrowser(server.origin))
  } finally {
    await server.close()
  }
}

async function listenFastify(app: FastifyInstance): Promise<{ origin: string; close(): Promise<void> }> {
  return { origin: await app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close() }
}

/** The token of a form passes, and a wrong one does not. */
async function formToken(browser: TestBrowser): Promise<void> {
  await browser.post('/login')
  const send = (token: string) => browser.sendOnly('/act', { method: 'POST', site: null, headers: FORM, body: `_csrf=${token}` })
  assert.deepEqual([(await send((await browser.send('/token')).body)).body, (await send('x'.repeat(59))).status], ['done', 403])
}

for (const [name, Make] of Object.entries(koas))
  describe(name, () => {
    const make = (...before: Koa.Middleware[]): { app: Koa; sessions: SessionManager } => {
      const [sessions] = managers()
      const app = new Make()
      app.silent = true
      for (const middleware of before) app.use(middleware)
      app.use(koaAdapter.instar(sessions))
      return { app, sessions }
    }

    test('the token in a body that was read before is found', async () => {
      const { app } = make(async (context, next) => {
        let body = ''
        for await (const piece of context.req) body += piece
        Object.assign(context.request, { body: Object.fromEntries(new URLSearchParams(body)) })
        await next()
      })
      app.use(async (context) => {
        if (context.path === '/login') await context.session.login('ann')
        context.body = context.path === '/token' ? context.session.csrfToken() : 'done'
      })
      await withServer(listen(app.callback()), formToken)
    })

    test('a response that is written to ctx.res directly waits for the commit', async () => {
      const { app } = make()
      app.use((context) => {
        context.session.set('x', 1)
        context.respond = false
        context.res.writeHead(200, { 'set-cookie': 'a=1' }).end('direct')
      })
      await withServer(listen(app.callback()), async (browser) => {
        const { body, setCookie } = await browser.send('/')
        assert.deepEqual([body, setCookie.map((cookie) => cookie.split('=', 1)[0])], ['direct', ['a', '__Host-Http-pre']])
      })
    })

    test('a route that instar() does not stand before has a ctx.session of its own, whatever was asked for before', async () => {
      const own: Koa.Middleware = (context, next) => {
        if (context.path !== '/own') return next()
        Object.assign(context, { session: { who: 'own' } })
        context.body = (context as unknown as { session: { who: string } }).session.who
      }
      const { app } = make(own)
      app.use((context) => {
        context.body = String(context.session.userId)
      })
      await withServer(listen(app.callback()), async (browser) => {
        const bodies: string[] = []
        for (const path of ['/own', '/', '/own']) bodies.push((await browser.send(path)).body)
        assert.deepEqual(bodies, ['own', 'null', 'own'])
      })
    })

    test('a second session middleware, an assignment, and the session of another manager are refused', async () => {
      const [other] = managers()
      const { app, sessions } = make()
      const errors: unknown[] = []
      app.use((context) => {
        for (const attempt of [() => Object.assign(context, { session: null }), () => koaAdapter.sessionOf(other, context)])
          try {
            attempt()
          } catch (error) {
            errors.push((error as { code?: string }).code)
          }
        assert.equal(koaAdapter.sessionOf(sessions, context), context.session)
        return koaAdapter.instar(other)(context, async () => {})
      })
      app.on('error', (error) => errors.push(error.code))
      await withServer(listen(app.callback()), async (browser) => {
        assert.equal((await browser.send('/')).status, 500)
        assert.deepEqual(errors, ['unknown_property', 'bad_option', 'bad_option'])
      })
    })
  })

describe('Fastify', () => {
  const make = (): { app: FastifyInstance; sessions: SessionManager } => {
    const [sessions] = managers()
    const app = fastify({ forceCloseConnections: true })
    app.register(fastifyAdapter.instar(sessions))
    return { app, sessions }
  }

  test('the token in the body is found', async () => {
    const { app } = make()
    app.addContentTypeParser(FORM['content-type'], { parseAs: 'string' }, (_request, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    )
    app.post('/login', async (request) => {
      await request.session.login('ann')
      return 'welcome'
    })
    app.get('/token', async (request) => request.session.csrfToken())
    app.post('/act', async () => 'done')
    await withServer(listenFastify(app), formToken)
  })

  test('a reply that is hijacked waits for the commit when it is written to reply.raw', async () => {
    const { app } = make()
    app.get('/', (request, reply) => {
      request.session.set('x', 1)
      reply.hijack()
      reply.raw.end('direct')
    })
    await withServer(listenFastify(app), async (browser) => {
      const { body, setCookie } = await browser.send('/')
      assert.deepEqual([body, setCookie.length], ['direct', 1])
    })
  })

  test('a login in a hook before the guard has spoken is refused', async () => {
    const { app } = make()
    app.addHook('onRequest', async (request) => {
      if (request.method === 'POST') await request.session.login('ann')
    })
    app.post('/', async () => 'welcome')
    await withServer(listenFastify(app), async (browser) => {
      const { status, setCookie } = await browser.post('/', { site: null })
      assert.deepEqual([status, setCookie], [403, []])
    })
  })

  test('what comes before the guard for a forged request is neither stored nor done', async () => {
    const { app, sessions } = make()
    app.addHook('onRequest', async (request) => {
      if (request.method !== 'POST') return
      request.session.set('x', 1)
      await request.session.logout()
    })
    app.addContentTypeParser('text/plain', { parseAs: 'string' }, (_request, _body, done) => done(new Error('no text here')))
    app.setErrorHandler((error: Error & { status?: number }, request, reply) => {
      request.session.flash('error', 'failed')
      reply.status(error.status ?? 400).send('failed')
    })
    app.get('/x', async (request) => `${request.session.userId} ${request.session.has('x')} ${request.session.flashes().length}`)
    app.post('/act', async () => 'done')
    const { cookie } = await createTestSession(sessions, { userId: 'ann' })
    await withServer(listenFastify(app), async (browser) => {
      browser.jar.set(...(cookie.split('=', 2) as [string, string]))
      for (const headers of [{}, { 'content-type': 'text/plain' }]) {
        const { status } = await browser.sendOnly('/act', { method: 'POST', site: 'cross-site', headers, body: 'text' })
        assert.equal(status, 403)
      }
      assert.match((await browser.send('/x')).body, /^ann false /)
    })
  })

  test('a Response as the payload carries the cookie, is not public, and its status is the one that counts', async () => {
    const { app } = make()
    app.post('/login', async (request) => {
      await request.session.login('ann')
      return new Response('welcome', { headers: { 'cache-control': 'public, max-age=600', vary: 'Accept-Encoding' } })
    })
    app.get('/fails', async (request) => {
      request.session.set('x', 1)
      return new Response('sorry', { status: 500 })
    })
    app.get('/x', async (request) => String(request.session.has('x')))
    await withServer(listenFastify(app), async (browser) => {
      const { body, setCookie, headers } = await browser.post('/login')
      assert.deepEqual(
        [body, setCookie.length, headers.get('cache-control'), headers.get('vary')],
        ['welcome', 1, 'private, no-store', 'Accept-Encoding, Cookie'],
      )
      assert.equal((await browser.send('/fails')).status, 500)
      assert.equal((await browser.send('/x')).body, 'false')
    })
  })

  test('a session that cannot be opened is told as that, to an error handler that asks for it too', async () => {
    const store = gatedStore(memoryStore())
    const sessions = new SessionManager({ store })
    const app = fastify({ forceCloseConnections: true })
    app.register(fastifyAdapter.instar(sessions))
    app.setErrorHandler((error: Error & { status?: number }, request, reply) => {
      let told = ''
      try {
        told = String(request.session)
      } catch (again) {
        told = (again as { code: string }).code
      }
      reply.status(error.status ?? 500).send(told)
    })
    app.get('/', async () => 'page')
    const { cookie } = await createTestSession(sessions, { userId: 'ann' })
    store.breakDown()
    await withServer(listenFastify(app), async (browser) => {
      const { status, body } = await browser.send('/', { headers: { cookie } })
      assert.deepEqual([status, body], [503, 'store_unavailable'])
    })
  })

  test('another onSend that fails gives no cookie twice', async () => {
    const { app } = make()
    await app.register(async (scope) => {
      let isFirst = true
      scope.addHook('onSend', async () => {
        if (isFirst) {
          isFirst = false
          throw new Error('after the commit')
        }
      })
      scope.post('/login', async (request) => {
        await request.session.login('ann')
        return 'welcome'
      })
    })
    await withServer(listenFastify(app), async (browser) => {
      const { status, setCookie } = await browser.post('/login')
      assert.deepEqual([status, setCookie.length], [500, 1])
    })
  })

  test('a second session plugin, an assignment, and the session of another manager are refused', async () => {
    const [other] = managers()
    const { app, sessions } = make()
    const errors: unknown[] = []
    app.get('/', async (request) => {
      for (const attempt of [() => Object.assign(request, { session: null }), () => fastifyAdapter.sessionOf(other, request)])
        try {
          attempt()
        } catch (error) {
          errors.push((error as { code?: string }).code)
        }
      return String(fastifyAdapter.sessionOf(sessions, request) === request.session)
    })
    await withServer(listenFastify(app), async (browser) => {
      assert.equal((await browser.send('/')).body, 'true')
      assert.deepEqual(errors, ['unknown_property', 'bad_option'])
    })
    const twice = fastify()
    twice.register(fastifyAdapter.instar(sessions))
    twice.register(fastifyAdapter.instar(other))
    const refused = await new Promise((resolve) => twice.ready(resolve))
    assert.equal((refused as { code?: string } | undefined)?.code, 'bad_option')
  })

  test('a path without a route, and a body that is none, are answered as ever', async () => {
    const { app } = make()
    app.post('/act', async () => 'done')
    await withServer(listenFastify(app), async (browser) => {
      assert.equal((await browser.send('/nowhere')).status, 404)
      assert.equal((await browser.post('/act', { headers: { 'content-type': 'application/json' }, body: '{' })).status, 400)
    })
  })
})

describe('Hono', () => {
  test('a second session middleware, and the session of another manager, are refused', async () => {
    const [sessions, other] = managers()
    const errors: unknown[] = []
    const app = new Hono()
    app.use(honoAdapter.instar(sessions))
    app.get('/of', (context) => context.text(String(honoAdapter.sessionOf(sessions, context) === context.var.session)))
    app.get('/other', (context) => context.text(String(honoAdapter.sessionOf(other, context))))
    app.use('/twice', honoAdapter.instar(other))
    app.onError((error, context) => {
      errors.push((error as { code?: string }).code)
      return context.text('failed', 500)
    })
    await withServer(serveWeb(app.fetch), async (browser) => {
      assert.deepEqual([(await browser.send('/of')).body, (await browser.send('/other')).status, (await browser.send('/twice')).status], ['true', 500, 500])
      assert.deepEqual(errors, ['bad_option', 'bad_option'])
    })
  })

  test('without an onError a refused request and a failing store are answered with their status', async () => {
    const [sessions] = managers()
    const app = new Hono()
    app.use(honoAdapter.instar(sessions))
    app.post('/act', (context) => context.text('done'))
    await withServer(serveWeb(app.fetch), async (browser) => {
      const { status, body } = await browser.post('/act', { site: 'cross-site' })
      assert.deepEqual([status, body.includes('another site')], [403, true])
    })
  })

  test('what a middleware before us said of caching and Vary stands', async () => {
    const [sessions] = managers()
    const app = new Hono()
    app.use(async (context, next) => {
      context.header('Cache-Control', 'private, max-age=60')
      context.header('Vary', 'Origin')
      await next()
    })
    app.use(honoAdapter.instar(sessions))
    app.get('/who', (context) => context.json({ user: context.var.session.userId }))
    await withServer(serveWeb(app.fetch), async (browser) => {
      const { cookie } = await createTestSession(sessions, { userId: 'ann' })
      const [name = '', value = ''] = cookie.split('=')
      browser.jar.set(name, value)
      const { headers, body } = await browser.send('/who')
      assert.deepEqual([body, headers.get('cache-control'), headers.get('vary')], ['{"user":"ann"}', 'private, max-age=60', 'Origin, Cookie'])
    })
  })

  test('headers that protect any answer stay on that of an error', async () => {
    const [sessions] = managers()
    const app = new Hono()
    app.use(async (context, next) => {
      context.header('Content-Security-Policy', "default-src 'self'")
      context.header('X-Internal', 'yes')
      await next()
    })
    app.use(honoAdapter.instar(sessions))
    app.post('/act', (context) => context.text('done'))
    await withServer(serveWeb(app.fetch), async (browser) => {
      const { headers, status } = await browser.post('/act', { site: 'cross-site' })
      assert.deepEqual([status, headers.get('content-security-policy')], [403, "default-src 'self'"])
    })
  })
})

describe('the handshake of a WebSocket', () => {
  test('from a page of another site is refused, though it comes by GET; one of this site and one without a session pass', async () => {
    const [sessions] = managers()
    const app = new Hono()
    app.use(honoAdapter.instar(sessions))
    app.get('/socket', (context) => context.text('open'))
    const handlers = { web: webAdapter(sessions, () => new Response('open')), Hono: (request: Request) => app.fetch(request) }
    const { cookie } = await createTestSession(sessions, { userId: 'ann' })
    for (const [name, fetch] of Object.entries(handlers)) {
      const status = async (headers: { [name: string]: string }) =>
        (await fetch(new Request('https://shop.example/socket', { headers: { upgrade: 'websocket', ...headers } }))).status
      assert.equal(await status({ cookie, origin: 'https://evil.example' }), 403, name)
      assert.equal(await status({ cookie, origin: 'https://evil.shop.example', 'sec-fetch-site': 'same-site' }), 403, name)
      assert.equal(await status({ cookie }), 403, name)
      assert.equal(await status({ cookie, origin: 'https://shop.example' }), 200, name)
      assert.equal(await status({}), 200, name)
    }
  })

  test('that the runtime has taken over gives no answer, and that is none', async () => {
    const [sessions] = managers()
    assert.equal(await webAdapter(sessions, () => undefined as never)(new Request('https://shop.example/')), undefined)
  })
})
