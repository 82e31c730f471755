import { deepEqual, equal, match, notEqual, rejects, throws } from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import Fastify from 'fastify'
import { Hono } from 'hono'
import { SessionManager } from 'instar'
import { instar as fastifyInstar } from 'instar/adapters/fastify'
import { instar as honoInstar } from 'instar/adapters/hono'
import { instar as koaInstar } from 'instar/adapters/koa'
import { fromPassport, type StrategyRequest } from 'instar/compat/passport'
import { memoryStore } from 'instar/stores/memory'
import { TestBrowser } from 'instar/testing'
import Koa from 'koa'
import { DROPINS, missing } from '../../../passport/test/installed.ts'
import { bodyOf, CLIENT, type Provider, startProvider } from '../../../passport/test/provider.ts'
import { listen } from '../../../passport/test/site.ts'
import { Authenticator } from '../../src/auth/authenticator.ts'
import type { AuthResult, Strategy } from '../../src/auth/strategy.ts'

// biome-ignore lint/suspicious/noExplicitAny: the packages have no types here.
type Anything = any

const original = createRequire(`${DROPINS}/anchor.js`)

interface User {
  readonly id: string
}

type Answer = { readonly redirect: string; readonly status: number } | { readonly status: number; readonly text: string }

/** What an application makes of a result. */
async function answerTo(result: AuthResult<User>, login: (id: string) => Promise<void>): Promise<Answer> {
  switch (result.type) {
    case 'success':
      await login(result.user.id)
      return { redirect: '/me', status: 303 }
    case 'redirect':
      return { redirect: result.url, status: result.status }
    case 'failure':
      return { status: result.status ?? 401, text: (result.challenge as { message?: string } | undefined)?.message ?? 'refused' }
    case 'pass':
      return { status: 401, text: 'passed' }
  }
}

interface Running {
  readonly origin: string
  close(): Promise<unknown>
}
type Start = (authenticator: Authenticator<StrategyRequest, User>) => Promise<Running>

const newSessions = (): SessionManager<Anything> => new SessionManager({ store: memoryStore() })

const onFastify: Start = async (authenticator) => {
  const sessions = newSessions()
  const app = Fastify()
  await app.register(fastifyInstar(sessions as Anything))
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(body as string))),
  )
  app.route({
    method: ['GET', 'POST'],
    url: '/login/:name',
    handler: async (request: Anything, reply) => {
      const { url, method, headers, protocol, query, body, session } = request
      const result = await authenticator.authenticate(request.params.name, { url, method, headers, protocol, query, body, session })
      const answer = await answerTo(result, (id) => session.login(id))
      return 'redirect' in answer ? reply.redirect(answer.redirect, answer.status) : reply.code(answer.status).send(answer.text)
    },
  })
  app.get('/me', async (request: Anything) => request.session.userId ?? 'nobody')
  app.get('/plant', async (request: Anything) => {
    request.session.set('cart', 'tea')
    return 'planted'
  })
  app.get('/cart', async (request: Anything) => request.session.get('cart') ?? 'nothing')
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  return { origin, close: () => app.close() }
}

const onHono: Start = async (authenticator) => {
  const { serve } = await import('@hono/node-server')
  const app = new Hono()
  app.use(honoInstar(newSessions() as Anything) as Anything)
  app.all('/login/:name', async (context: Anything) => {
    const { url, method, headers } = context.req.raw
    const body = method === 'POST' ? await context.req.parseBody() : undefined
    const result = await authenticator.authenticate(context.req.param('name'), { url, method, headers, body, session: context.var.session })
    const answer = await answerTo(result, (id) => context.var.session.login(id))
    return 'redirect' in answer ? context.redirect(answer.redirect, answer.status) : context.text(answer.text, answer.status)
  })
  app.get('/me', (context: Anything) => context.text(context.var.session.userId ?? 'nobody'))
  app.get('/plant', (context: Anything) => {
    context.var.session.set('cart', 'tea')
    return context.text('planted')
  })
  app.get('/cart', (context: Anything) => context.text(context.var.session.get('cart') ?? 'nothing'))
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) =>
      resolve({ origin: `http://127.0.0.1:${port}`, close: () => new Promise((done) => server.close(done)) }),
    )
  })
}

const onKoa: Start = async (authenticator) => {
  const app = new Koa()
  app.silent = true // Errors are answered and not printed.
  app.use(koaInstar(newSessions()))
  app.use(async (context: Anything) => {
    const { url, path, method, headers, protocol, session } = context
    if (path === '/me') context.body = session.userId ?? 'nobody'
    else if (path === '/cart') context.body = session.get('cart') ?? 'nothing'
    else if (path === '/plant') {
      session.set('cart', 'tea')
      context.body = 'planted'
    } else {
      const body = method === 'POST' ? Object.fromEntries(new URLSearchParams(await bodyOf(context.req))) : undefined
      const result = await authenticator.authenticate(path.split('/').pop(), { url, method, headers, protocol, body, session })
      const answer = await answerTo(result, (id) => session.login(id))
      context.status = answer.status
      if ('redirect' in answer) context.redirect(answer.redirect)
      else context.body = answer.text
    }
  })
  const { origin, close } = await listen(app.callback())
  return { origin, close }
}

for (const [framework, start] of Object.entries({ Fastify: onFastify, Hono: onHono, Koa: onKoa })) {
  describe(`strategies of Passport on ${framework}`, { skip: missing }, () => {
    let provider: Provider
    let site: Running
    before(async () => {
      provider = await startProvider()
      const { Strategy: Local } = original('passport-local')
      const { Strategy: OAuth2 } = original('passport-oauth2')
      const local = new Local((id: string, password: string, done: Anything) => {
        if (id === 'broken') return done(new Error('the directory is down'))
        done(null, password === 'right' && { id }, { message: 'The password is wrong.' })
      })
      const urls = { authorizationURL: `${provider.origin}/authorize`, tokenURL: `${provider.origin}/token`, callbackURL: '/login/oauth2' }
      const oauth2 = new OAuth2(
        { ...urls, clientID: CLIENT.id, clientSecret: CLIENT.secret, state: true, pkce: true },
        (_access: string, _refresh: string, _profile: unknown, done: Anything) => done(null, { id: 'ann' }),
      )
      const authenticator = new Authenticator<StrategyRequest, User>()
        .use(fromPassport<User>(local))
        .use(fromPassport<User>(oauth2, { options: { scope: ['profile', 'email'] } }))
      site = await start(authenticator)
    })
    after(async () => {
      await site.close()
      await provider.close()
    })

    const send = (browser: TestBrowser, form: Readonly<Record<string, string>>) =>
      browser.post('/login/local', { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(form).toString() })
    const me = async (browser: TestBrowser): Promise<string> => (await browser.send('/me')).body

    test('passport-local', async () => {
      const browser = new TestBrowser(site.origin)
      const wrong = await send(browser, { username: 'ann', password: 'wrong' })
      deepEqual([wrong.status, wrong.body], [401, 'The password is wrong.'])
      equal((await send(browser, { username: 'ann' })).status, 400)
      equal((await send(browser, { username: 'broken', password: 'right' })).status, 500)
      equal(await me(browser), 'nobody')
      const right = await send(browser, { username: 'ann', password: 'right' })
      deepEqual([right.status, right.headers.get('location')], [303, '/me'])
      equal(await me(browser), 'ann')
    })

    test('passport-oauth2, by a state and a verifier in the session', async () => {
      const browser = new TestBrowser(site.origin)
      const asked = (await browser.send('/login/oauth2')).headers.get('location') as string
      match(asked, /scope=profile%20email/)
      match(asked, new RegExp(`redirect_uri=${encodeURIComponent(`${site.origin}/login/oauth2`)}`))
      const callback = (await fetch(asked, { redirect: 'manual' })).headers.get('location') as string
      const path = callback.slice(site.origin.length)
      const fromProvider = { site: 'cross-site' }
      equal((await new TestBrowser(site.origin).send(path, fromProvider)).status, 403, 'of another visitor')
      const answer = await browser.send(path, fromProvider)
      deepEqual([answer.status, answer.headers.get('location')], [303, '/me'])
      equal(await me(browser), 'ann')
      equal((await browser.send(path, fromProvider)).status, 403, 'the state is good once')
    })

    /** Begins a login at the provider, consents, and gives the path to which that sends back. */
    const consent = async (browser: TestBrowser): Promise<string> => {
      const asked = (await browser.send('/login/oauth2')).headers.get('location') as string
      const callback = (await fetch(asked, { redirect: 'manual' })).headers.get('location') as string
      return callback.slice(site.origin.length)
    }

    test('a login that an attacker began in a session that they planted is not ended by the visitor who has it', async () => {
      const attacker = new TestBrowser(site.origin)
      await attacker.send('/plant')
      const victim = attacker.copy()
      const path = await consent(attacker)
      equal((await victim.send(path, { site: 'cross-site' })).status, 403)
      equal(await me(victim), 'nobody')
      equal((await attacker.send(path, { site: 'cross-site' })).status, 303, 'the code is good: only not for them')
      equal(await me(victim), 'nobody')
    })

    test('a visitor whose session was planted begins a login in one of their own, with all that it held', async () => {
      const attacker = new TestBrowser(site.origin)
      await attacker.send('/plant')
      const visitor = attacker.copy()
      const before = visitor.cookie
      const path = await consent(visitor)
      notEqual(visitor.cookie, before)
      equal((await visitor.send('/cart')).body, 'tea')
      equal((await attacker.send(path, { site: 'cross-site' })).status, 403)
      equal((await visitor.send(path, { site: 'cross-site' })).status, 303)
      deepEqual([await me(visitor), await me(attacker)], ['ann', 'nobody'])
    })
  })
}

describe('fromPassport', () => {
  const request: StrategyRequest = { url: '/login?a=1', headers: { host: 'shop.example', 'x-key': 'k' } }
  const scripted = (authenticate: (this: Anything, request: Anything, options: Anything) => unknown): Strategy<StrategyRequest> =>
    fromPassport({ name: 'scripted', authenticate } as Anything)

  test('gives every outcome as a value, and errors as rejections', async () => {
    const of = (authenticate: Parameters<typeof scripted>[0]): Promise<AuthResult> => scripted(authenticate).authenticate(request)
    deepEqual(
      await of(function () {
        this.success('ann', { scope: 'x' })
      }),
      { type: 'success', user: 'ann', info: { scope: 'x' } },
    )
    deepEqual(
      await of(function () {
        this.fail('Basic', 403)
      }),
      { type: 'failure', challenge: 'Basic', status: 403 },
    )
    deepEqual(
      await of(function () {
        this.fail(400)
      }),
      { type: 'failure', challenge: undefined, status: 400 },
    )
    deepEqual(
      await of(function () {
        this.redirect('/x')
      }),
      { type: 'redirect', url: '/x', status: 302 },
    )
    deepEqual(
      await of((request) => {
        request.res.redirect(303, '/y')
      }),
      { type: 'redirect', url: '/y', status: 303 },
    )
    deepEqual(
      await of(function () {
        this.pass()
      }),
      { type: 'pass' },
    )
    await rejects(
      of(function () {
        this.error(new Error('down'))
      }),
      /down/,
    )
    await rejects(
      of(function () {
        this.error()
      }),
      /without saying what/,
    )
    await rejects(
      of(() => {
        throw new Error('thrown')
      }),
      /thrown/,
    )
    await rejects(
      of(async () => {
        throw new Error('rejected')
      }),
      /rejected/,
    )
    await rejects(
      of((request) => request.res.send('a page')),
      /an answer of its own/,
    )
  })

  test('shows the request as Express would', async () => {
    const seen: Anything = await scripted(function (request) {
      this.success(request)
    }).authenticate(request)
    const { method, url, query, body, protocol, headers } = seen.user
    deepEqual(
      { method, url, query, body, protocol, host: headers.host, key: seen.user.get('X-Key') },
      { method: 'GET', url: '/login?a=1', query: { a: '1' }, body: {}, protocol: 'http', host: 'shop.example', key: 'k' },
    )
    const web: Anything = await scripted(function (request) {
      this.success(request)
    }).authenticate({ url: 'https://shop.example/x?b=2', headers: new Headers({ 'X-Key': 'k' }) })
    deepEqual([web.user.connection.encrypted, web.user.headers['x-key'], web.user.headers.host, web.user.url], [true, 'k', 'shop.example', '/x?b=2'])
  })

  test('a session of Instar may be changed at any depth, and is written only where it was', async () => {
    const held = new Map<string, unknown>([
      ['state', Object.freeze({ a: 1, b: 2 })],
      ['cart', Object.freeze(['tea'])],
      ['old', 1],
    ])
    const written: string[] = []
    const session = {
      get: (key: string) => held.get(key),
      has: (key: string) => held.has(key),
      set: (key: string, value: unknown) => {
        written.push(`set ${key}`)
        held.set(key, value)
      },
      delete: (key: string) => {
        written.push(`delete ${key}`)
        held.delete(key)
      },
      renew: () => Promise.reject(new Error('Nothing was begun.')),
    }
    await scripted(function ({ session }) {
      delete session.state.a
      session.state.c = 'cart' in session && session.cart.length
      delete session.old
      delete session.nothing
      session.fresh = {}
      session.fresh.deep = true
      this.pass()
    }).authenticate({ ...request, session })
    deepEqual(Object.fromEntries(held), { state: { b: 2, c: 1 }, cart: ['tea'], fresh: { deep: true } })
    deepEqual(written.sort(), ['delete old', 'set fresh', 'set state'])
    const plain: Anything = {}
    await scripted(function ({ session }) {
      session.x = 1
      this.pass()
    }).authenticate({ ...request, session: plain })
    deepEqual(plain, { x: 1 })
  })

  /** A session of Instar as far as a strategy sees it, which notes what is done with it. */
  const noting = (held: Map<string, unknown> = new Map()) => {
    const done: string[] = []
    const session = {
      get: (key: string) => held.get(key),
      has: (key: string) => held.has(key),
      set: (key: string, value: unknown) => {
        done.push(`set ${key}`)
        held.set(key, value)
      },
      delete: (key: string) => {
        done.push(`delete ${key}`)
        held.delete(key)
      },
      renew: async () => void done.push('renew'),
    }
    return { held, done, session }
  }

  test('what JSON writes as text is text in the session, as it is when express-session stores it', async () => {
    const { held, session } = noting()
    await scripted(function ({ session }) {
      session.state = { issued: new Date(0), left: undefined, list: [new Date(0)] }
      this.pass()
    }).authenticate({ ...request, session })
    deepEqual(Object.fromEntries(held), { state: { issued: '1970-01-01T00:00:00.000Z', list: ['1970-01-01T00:00:00.000Z'] } })
  })

  test('a session of Instar is listed, written as JSON and defined on as an object is', async () => {
    const { held, session } = noting(new Map<string, unknown>([['old', { a: 1 }]]))
    const result: Anything = await scripted(function ({ session }) {
      session.x = { a: 1 }
      Object.assign(session, { y: 2 })
      Object.defineProperty(session, 'z', { value: 3, enumerable: true, configurable: true, writable: true })
      session.old.a = 2
      session.forgotten = 1
      delete session.forgotten
      this.success({ keys: Object.keys(session).sort(), json: JSON.stringify(session), own: Object.hasOwn(session, 'x'), all: { ...session } })
    }).authenticate({ ...request, session })
    const all = { x: { a: 1 }, y: 2, z: 3, old: { a: 2 } }
    deepEqual(result.user.keys, ['old', 'x', 'y', 'z'])
    deepEqual([JSON.parse(result.user.json), result.user.own, result.user.all], [all, true, all])
    deepEqual(Object.fromEntries(held), all)
  })

  test('a session that cannot be written rejects, whatever the strategy decided', async () => {
    const { session } = noting()
    session.set = () => {
      throw new Error('not to be written')
    }
    for (const decide of ['success', 'fail', 'pass'])
      await rejects(
        scripted(function ({ session }) {
          session.x = 1
          this[decide]('ann')
        }).authenticate({ ...request, session }),
        /not to be written/,
      )
  })

  test('a session moves to a new id where a login begins in it, and nowhere else', async () => {
    const after = async (write: boolean, decide: (self: Anything, request: Anything) => void): Promise<readonly string[]> => {
      const { done, session } = noting()
      await scripted(function (request) {
        if (write) request.session.state = 'x'
        decide(this, request)
      }).authenticate({ ...request, session })
      return done
    }
    deepEqual(await after(true, (self) => self.redirect('/provider')), ['set state', 'renew'])
    deepEqual(await after(true, (_, { res }) => res.redirect('/provider')), ['set state', 'renew'])
    deepEqual(await after(false, (self) => self.redirect('/provider')), [])
    for (const decide of [(self: Anything) => self.success('ann'), (self: Anything) => self.fail(), (self: Anything) => self.pass()])
      deepEqual(await after(true, decide), ['set state'])
    const { session } = noting()
    session.renew = () => Promise.reject(new Error('the store is down'))
    await rejects(
      scripted(function ({ session }) {
        session.state = 'x'
        this.redirect('/provider')
      }).authenticate({ ...request, session }),
      /the store is down/,
    )
  })

  test('what a strategy writes or decides after its decision changes nothing', async () => {
    const { held, session } = noting()
    const later = Promise.withResolvers<void>()
    const done = Promise.withResolvers<void>()
    const result = await scripted(async function (request) {
      request.session.state = 'x'
      request.res.redirect('/provider')
      await later.promise
      request.session.late = 1
      this.fail('late')
      request.res.redirect('/late')
      done.resolve()
    }).authenticate({ ...request, session })
    later.resolve()
    await done.promise
    deepEqual([result, Object.fromEntries(held)], [{ type: 'redirect', url: '/provider', status: 302 }, { state: 'x' }])
  })

  test('a success without a user rejects', async () => {
    for (const user of [false, undefined, null, 0, ''])
      await rejects(
        scripted(function () {
          this.success(user)
        }).authenticate(request),
        /without a user/,
      )
  })

  test('whatever else would answer rejects, and so does a cookie, which would be lost', async () => {
    const ways: { readonly [title: string]: (response: Anything) => void } = {
      'status().send()': (response) => response.status(401).send('no'),
      'type().json()': (response) => response.type('json').json({}),
      'set().end()': (response) => response.set('x', 'y').end(),
      writeHead: (response) => response.writeHead(401),
      write: (response) => response.write('x'),
      sendStatus: (response) => response.sendStatus(401),
      render: (response) => response.render('page'),
      cookie: (response) => response.cookie('state', 'x'),
      clearCookie: (response) => response.clearCookie('state'),
      'setHeader of a cookie': (response) => response.setHeader('Set-Cookie', 'state=x'),
    }
    for (const [title, write] of Object.entries(ways))
      for (const when of ['at once', 'later'])
        await rejects(
          scripted(function (request) {
            const decide = (): void => {
              write(request.res)
              this.success('ann')
            }
            if (when === 'later') setImmediate(decide)
            else decide()
          }).authenticate(request),
          /no place for/,
          `${title}, ${when}`,
        )
    const other = await scripted(function ({ res }) {
      res.setHeader('Cache-Control', 'no-store')
      this.success(String(res.getHeader('x')))
    }).authenticate(request)
    deepEqual(other, { type: 'success', user: 'undefined', info: undefined })
  })

  test('what else it reads of the request is shown, and hides nothing of it', async () => {
    const more = { user: { id: 'ann' }, ip: '192.0.2.1', cookies: { a: '1' }, url: '/other', headers: {}, session: { forged: true } }
    const seen: Anything = await scripted(function (request) {
      this.success(request)
    }).authenticate({ ...request, more })
    const { user, ip, cookies, url, headers, session } = seen.user
    deepEqual(
      { user, ip, cookies, url, key: headers['x-key'], session },
      { user: { id: 'ann' }, ip: '192.0.2.1', cookies: { a: '1' }, url: '/login?a=1', key: 'k', session: undefined },
    )
  })

  test('no address and no host is too odd to be shown', async () => {
    const shown = async (url: string, headers: StrategyRequest['headers'] = request.headers, protocol?: string): Promise<Anything> => {
      const result: Anything = await scripted(function (request) {
        this.success(request)
      }).authenticate({ url, headers, protocol })
      const { url: path, originalUrl, headers: fields, protocol: scheme, connection } = result.user
      equal(originalUrl, path)
      equal(connection.encrypted, scheme === 'https')
      return [path, fields.host, scheme]
    }
    deepEqual(await shown('//evil.example/cb?x=1'), ['//evil.example/cb?x=1', 'shop.example', 'http'])
    deepEqual(await shown('//evil.example/cb', {}), ['//evil.example/cb', 'localhost', 'http'])
    deepEqual(await shown('//'), ['//', 'shop.example', 'http'])
    deepEqual(await shown('*'), ['/*', 'shop.example', 'http'])
    deepEqual(await shown(''), ['/', 'shop.example', 'http'])
    deepEqual(await shown('/x', { host: 'a b' }), ['/x', 'a b', 'http'])
    deepEqual(await shown('/x', { host: 'shop.example/evil?' }), ['/x', 'shop.example/evil?', 'http'])
    deepEqual(await shown('https://shop.example/x#y', {}), ['/x', 'shop.example', 'https'])
    deepEqual(await shown('/x', undefined, 'https'), ['/x', 'shop.example', 'https'])
    deepEqual(await shown('/x', undefined, 'https,http'), ['/x', 'shop.example', 'http'])
    const { user }: Anything = await scripted(function (request) {
      this.success(request)
    }).authenticate({ url: '/x', headers: { host: 'shop.example', referer: '/r' } })
    deepEqual([user.get('constructor'), user.get('Referrer'), user.get('Referer')], [undefined, '/r', '/r'])
  })

  test('concurrent requests share nothing of the strategy', async () => {
    const waiting = { '/a': Promise.withResolvers<void>(), '/b': Promise.withResolvers<void>() }
    const strategy = scripted(async function (request) {
      await waiting[request.url as '/a' | '/b'].promise
      this.success(request.url)
    })
    const [one, other] = ['/a', '/b'].map((url) => strategy.authenticate({ url, headers: {} }))
    waiting['/a'].resolve()
    deepEqual(await one, { type: 'success', user: '/a', info: undefined })
    waiting['/b'].resolve()
    deepEqual(await other, { type: 'success', user: '/b', info: undefined })
  })

  test('a strategy without a name is refused', () => {
    throws(() => fromPassport({ authenticate() {} }), { name: 'TypeError', message: /fromPassport\(strategy, \{ name \}\)/ })
    equal(fromPassport({ authenticate() {} }, { name: 'x' }).name, 'x')
  })
})

describe('Authenticator', () => {
  const giving = (name: string, result: AuthResult<User>): Strategy<string, User> => ({ name, authenticate: async () => result })
  const ann = { type: 'success', user: { id: 'ann' } } as const
  const authenticator = new Authenticator<string, User>()
    .use(giving('ann', ann))
    .use(giving('first', { type: 'failure', challenge: 'first' }))
    .use(giving('second', { type: 'failure', challenge: 'second' }))
    .use({ name: 'broken', authenticate: () => Promise.reject(new Error('down')) })

  test('asks the named strategies in order, until one does not refuse', async () => {
    deepEqual(await authenticator.authenticate('ann', ''), ann)
    deepEqual(await authenticator.authenticate(['first', 'ann', 'broken'], ''), ann)
    deepEqual(await authenticator.authenticate(['first', 'second'], ''), { type: 'failure', challenge: 'first' })
    await rejects(authenticator.authenticate(['first', 'broken', 'ann'], ''), /down/)
  })

  test('refuses names that it does not know, before it asks anybody, and names that are taken or empty', async () => {
    await rejects(authenticator.authenticate(['ann', 'constructor'], ''), {
      code: 'bad_option',
      message: /no strategy "constructor".*ann, first, second, broken/,
    })
    await rejects(authenticator.authenticate([] as Anything, ''), { code: 'bad_option' })
    throws(() => authenticator.use(giving('ann', ann)), { code: 'bad_option' })
    throws(() => authenticator.use(giving('', ann)), { code: 'bad_option' })
  })
})
