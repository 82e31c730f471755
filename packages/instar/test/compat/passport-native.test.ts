import { deepEqual, equal, match, rejects, throws } from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import Fastify from 'fastify'
import { Hono } from 'hono'
import { SessionManager } from 'instar'
import { instar as fastifyInstar } from 'instar/adapters/fastify'
import { instar as honoInstar } from 'instar/adapters/hono'
import { fromPassport, type StrategyRequest } from 'instar/compat/passport'
import { memoryStore } from 'instar/stores/memory'
import { TestBrowser } from 'instar/testing'
import { DROPINS, missing } from '../../../passport/test/installed.ts'
import { CLIENT, type Provider, startProvider } from '../../../passport/test/provider.ts'
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
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) =>
      resolve({ origin: `http://127.0.0.1:${port}`, close: () => new Promise((done) => server.close(done)) }),
    )
  })
}

for (const [framework, start] of Object.entries({ Fastify: onFastify, Hono: onHono })) {
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

  test('a strategy without a name is refused', () => {
    throws(() => fromPassport({ authenticate() {} }), TypeError)
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
