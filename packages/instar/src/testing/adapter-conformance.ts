import type { SessionEvent } from '../core/events.ts'
import type { Json } from '../core/json.ts'
import type { Session } from '../core/session.ts'
import { SessionManager } from '../core/session-manager.ts'
import type { SessionStore } from '../core/session-store.ts'
import type { CsrfOptions } from '../csrf/guard.ts'
import { type Fetch, TestBrowser } from './browser.ts'
import { type ConformanceCase, equal } from './check.ts'
import { type GatedStore, gatedStore } from './gated-store.ts'

type Data = { [key: string]: Json }

/** What a handler answers; the adapter's harness writes it by the framework's own means. */
export interface AdapterAnswer {
  readonly status?: number
  readonly headers?: { readonly [name: string]: string | readonly string[] }
  /** A whole body, or one that is streamed piece by piece. */
  readonly body?: string | AsyncIterable<string>
}

export type AdapterHandler = (
  session: Session<Data, unknown>,
  request: { readonly method: string; readonly path: string },
) => AdapterAnswer | Promise<AdapterAnswer>

/** An adapter under test: starts a server on a loopback address whose every request is answered by the handler. */
export interface AdapterSubject {
  start(
    sessions: SessionManager<Data, unknown>,
    handler: AdapterHandler,
    options: { readonly csrf?: CsrfOptions },
  ): Promise<{ readonly origin: string; close(): Promise<void>; readonly fetch?: Fetch }>
  /** An empty store for one case. */
  openStore(): SessionStore
}

type Routes = { readonly [path: string]: AdapterHandler }

interface World {
  readonly browser: TestBrowser
  readonly store: GatedStore
  readonly events: SessionEvent[]
}

const LOGIN = '__Host-Http-sid'
const ANONYMOUS = '__Host-Http-pre'
const text = (body: string, more: AdapterAnswer = {}): AdapterAnswer => ({ headers: { 'content-type': 'text/plain' }, body, ...more })

/** A handler that writes something and answers. */
const storing =
  (answer: AdapterAnswer) =>
  (session: Session<Data, unknown>): AdapterAnswer => {
    session.set('x', 1)
    return answer
  }

const COMMON: Routes = {
  '/who': (session) => text(session.userId ?? 'nobody'),
  '/static': () => text('static'),
  '/login': async (session) => {
    await session.login('ann', { keep: ['cart'] })
    return text('welcome')
  },
  '/logout': async (session) => {
    await session.logout()
    return text('bye')
  },
  '/cart': (session) => {
    if (session.has('cart')) return text(JSON.stringify(session.get('cart')))
    session.set('cart', ['tea'])
    return text('stored')
  },
}

function testCase(title: string, routes: Routes, steps: (world: World) => Promise<void>, csrf: CsrfOptions = {}): ConformanceCase<AdapterSubject> {
  return {
    title,
    async check(subject) {
      const store = gatedStore(subject.openStore())
      const events: SessionEvent[] = []
      const sessions = new SessionManager<Data, unknown>({ store, onEvent: (event) => events.push(event) })
      const all: Routes = { ...COMMON, ...routes }
      const server = await subject.start(sessions, (session, request) => all[request.path]?.(session, request) ?? text('nothing here', { status: 404 }), {
        csrf,
      })
      try {
        await steps({ browser: new TestBrowser(server.origin, undefined, server.fetch), store, events })
      } finally {
        await server.close()
      }
    },
  }
}

async function* pieces(...parts: (string | (() => unknown))[]): AsyncGenerator<string> {
  for (const part of parts) {
    if (typeof part === 'string') yield part
    else await part()
  }
}

/** What every adapter must do, over real HTTP. Each case starts and stops a server of its own. */
export const adapterConformance: readonly ConformanceCase<AdapterSubject>[] = [
  testCase('a request without a cookie is anonymous, asks the store nothing and sets no cookie', {}, async ({ browser, store }) => {
    const { body, setCookie, headers } = await browser.send('/who')
    equal([body, setCookie, store.operations], ['nobody', [], []], 'body, cookies and store operations')
    equal(headers.get('vary')?.toLowerCase().includes('cookie'), true, 'whether the answer varies by cookie')
    equal(headers.get('cache-control'), null, 'Cache-Control')
  }),
  testCase('a request that does not ask for its session does not vary by cookie', {}, async ({ browser }) => {
    equal((await browser.send('/static')).headers.get('vary')?.toLowerCase().includes('cookie') ?? false, false, 'whether it varies')
  }),
  testCase('an anonymous write sets the anonymous cookie with every attribute', {}, async ({ browser, store }) => {
    const { setCookie, headers } = await browser.send('/cart')
    equal(setCookie.length, 1, 'how many cookies')
    equal(
      /^__Host-Http-pre=[\w-]{22}\.[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax; Priority=High$/.test(setCookie[0] as string),
      true,
      'whether the cookie is exact',
    )
    equal(headers.get('cache-control'), 'private, no-store', 'Cache-Control')
    equal(store.operations, ['create'], 'store operations')
    equal((await browser.send('/cart')).body, '["tea"]', 'what the next request reads')
  }),
  testCase('login: a new cookie, the anonymous one gone, what is kept is there, and nothing is written on reads', {}, async ({ browser, store }) => {
    await browser.send('/cart')
    const { setCookie } = await browser.post('/login')
    equal(
      setCookie.map((cookie) => cookie.split('=', 1)[0]),
      [LOGIN, ANONYMOUS],
      'the cookies that are set',
    )
    equal([...browser.jar.keys()], [LOGIN], 'the cookies that are left')
    equal((await browser.send('/cart')).body, '["tea"]', 'the cart')
    store.operations.length = 0
    const { body, headers, setCookie: none } = await browser.send('/who')
    equal([body, none, store.operations], ['ann', [], ['find']], 'body, cookies and store operations')
    equal(headers.get('cache-control'), 'private, no-store', 'Cache-Control')
  }),
  testCase('logout: the cookie is cleared and its copy opens nothing', {}, async ({ browser }) => {
    await browser.post('/login')
    const copy = browser.copy()
    const { setCookie } = await browser.post('/logout')
    equal(setCookie.length === 1 && /^__Host-Http-sid=;.*Max-Age=0/.test(setCookie[0] as string), true, 'whether the cookie is cleared')
    equal((await copy.send('/who')).body, 'nobody', 'who the copy is')
  }),
  testCase('a store that refuses the login gives 503 and no cookie', {}, async ({ browser, store }) => {
    store.breakDown()
    const { status, setCookie, body } = await browser.post('/login')
    equal([status, setCookie, body.includes('welcome')], [503, [], false], 'status, cookies, and whether it says welcome')
  }),
  testCase('a store that is down gives 503 to those who come with a cookie, never an anonymous page', {}, async ({ browser, store }) => {
    await browser.post('/login')
    store.breakDown()
    const { status, body } = await browser.send('/who')
    equal([status, body.includes('nobody')], [503, false], 'status, and whether it looks logged out')
    equal((await browser.another().send('/who')).status, 200, 'the status for those without a cookie')
    store.restore()
    equal((await browser.send('/who')).body, 'ann', 'who it is afterwards')
  }),
  testCase(
    'a commit that fails throws the answer away: 503, no body of the success, no cookie',
    { '/break': storing(text('stored', { headers: { 'x-app': 'yes', 'content-encoding': 'identity', etag: '"1"' } })) },
    async ({ browser, store }) => {
      const gate = store.hold('create')
      const sent = browser.post('/break')
      await gate.reached
      gate.fail(new Error('disk full'))
      const { status, body, setCookie, headers } = await sent
      equal(
        [status, body.includes('stored'), setCookie, headers.get('etag') === '"1"'],
        [503, false, [], false],
        'status, success, cookies, and whether its ETag stays',
      )
      equal((await browser.post('/break')).status, 200, 'the status of the next try')
    },
  ),
  testCase(
    'a login that succeeded keeps its cookie when the handler then fails',
    {
      '/half': async (session) => {
        await session.login('ann')
        session.set('x', 1)
        throw new Error('after the login')
      },
      '/x': (session) => text(String(session.has('x'))),
    },
    async ({ browser, events }) => {
      equal((await browser.post('/half')).status, 500, 'status')
      equal((await browser.send('/who')).body, 'ann', 'who it is')
      equal((await browser.send('/x')).body, 'false', 'whether what it wrote was stored')
      equal(events.find(({ type }) => type === 'session.delta_dropped') !== undefined, true, 'whether an event says so')
    },
  ),
  testCase('a handler that answers 500 stores nothing', { '/sorry': storing(text('sorry', { status: 500 })) }, async ({ browser, store }) => {
    const { status, setCookie, body } = await browser.post('/sorry')
    equal([status, setCookie, body, store.operations], [500, [], 'sorry', []], 'status, cookies, body, store operations')
  }),
  testCase(
    'a login that nobody awaited is awaited, and its failure is the request’s',
    {
      '/hasty': (session) => {
        void session.login('ann')
        return text('welcome')
      },
    },
    async ({ browser, store }) => {
      equal((await browser.post('/hasty')).status, 200, 'status')
      equal((await browser.send('/who')).body, 'ann', 'who it is')
      store.breakDown()
      const { status, setCookie } = await browser.another().post('/hasty')
      equal([status, setCookie], [503, []], 'status and cookies when the store refuses')
    },
  ),
  testCase(
    'a streamed body waits for the commit and arrives whole',
    { '/stream': (session) => storing(text('', { body: pieces('one ', 'two ', 'x'.repeat(200_000), ' end') }))(session) },
    async ({ browser }) => {
      const { body, setCookie } = await browser.send('/stream')
      equal([body.length, body.slice(0, 8), body.slice(-4), setCookie.length], [200_012, 'one two ', ' end', 1], 'length, start, end, cookies')
    },
  ),
  testCase(
    'once the head is gone a write or a login is refused before the store is asked',
    {
      '/late': (session) =>
        text('', {
          body: pieces(
            'head ',
            () => new Promise((done) => setImmediate(done)),
            () => attempt(() => session.set('x', 1)),
            () => attempt(() => session.login('ann')),
          ),
        }),
    },
    async ({ browser, store }) => {
      const { setCookie } = await browser.post('/late')
      equal([setCookie, store.operations, failures.splice(0)], [[], [], ['head_sent', 'head_sent']], 'cookies, store operations, errors')
    },
  ),
  testCase(
    'HEAD, 204, 304 and redirects carry the cookie',
    {
      '/head': storing(text('body')),
      '/empty': storing({ status: 204 }),
      '/same': storing({ status: 304 }),
      '/go': storing({ status: 303, headers: { location: '/who' } }),
    },
    async ({ browser }) => {
      for (const [path, method, status] of [
        ['/head', 'HEAD', 200],
        ['/empty', 'GET', 204],
        ['/same', 'GET', 304],
        ['/go', 'POST', 303],
      ] as const) {
        const received = await browser.another().send(path, { method })
        equal([received.status, received.setCookie.length], [status, 1], `status and cookies of ${method} ${path}`)
      }
    },
  ),
  testCase(
    "the application's own cookies and headers stay beside ours",
    {
      '/own': storing(text('own', { headers: { 'set-cookie': ['a=1', 'b=2'], vary: 'Accept', 'cache-control': 'private, max-age=5' } })),
    },
    async ({ browser }) => {
      const { setCookie, headers } = await browser.send('/own')
      equal(setCookie.map((cookie) => cookie.split('=', 1)[0]).sort(), [ANONYMOUS, 'a', 'b'].sort(), 'the cookies')
      equal(headers.get('vary')?.toLowerCase().split(/,\s*/), ['accept', 'cookie'], 'Vary')
      equal(headers.get('cache-control'), 'private, max-age=5', 'Cache-Control')
    },
  ),
  testCase(
    'an answer that sets a session cookie is never public',
    { '/public': storing(text('public', { headers: { 'cache-control': 'public, max-age=3600' } })) },
    async ({ browser }) => {
      equal((await browser.send('/public')).headers.get('cache-control'), 'private, no-store', 'Cache-Control')
    },
  ),
  testCase(
    'a write whose session ended meanwhile is dropped, and 409 where the method is unsafe',
    { '/slow': storing(text('stored')) },
    async ({ browser, store, events }) => {
      for (const [method, status] of [
        ['POST', 409],
        ['GET', 200],
      ] as const) {
        await browser.post('/login')
        const copy = browser.copy()
        const gate = store.hold('update')
        const slow = browser.sendOnly('/slow', { method })
        await gate.reached
        await store.deleteByUser('ann')
        gate.open()
        const received = await slow
        equal([received.status, received.setCookie], [status, []], `status and cookies of ${method}`)
        equal((await copy.send('/who')).body, 'nobody', 'who the cookie is afterwards')
      }
      equal(events.filter(({ type }) => type === 'session.delta_dropped').length, 2, 'how many events')
    },
  ),
  testCase('a slow anonymous write that answers after a login leaves the login alone', { '/slow': storing(text('stored')) }, async ({ browser, store }) => {
    const gate = store.hold('create', 'after')
    const slow = browser.sendOnly('/slow')
    await gate.reached
    await browser.post('/login')
    gate.open()
    browser.keep(await slow)
    equal((await browser.send('/who')).body, 'ann', 'who it is')
  }),
  testCase('two logins at once: each is stored, and the answer that arrives last wins', {}, async ({ browser, store }) => {
    await browser.send('/cart')
    const gate = store.hold('create', 'after')
    const first = browser.sendOnly('/login', { method: 'POST' })
    await gate.reached
    const second = await browser.sendOnly('/login', { method: 'POST' })
    gate.open()
    const answers = [second, await first]
    equal(
      answers.map(({ status }) => status),
      [200, 200],
      'status',
    )
    for (const answer of answers) browser.keep(answer)
    equal((await browser.send('/who')).body, 'ann', 'who it is')
    equal((await browser.send('/cart')).body, '["tea"]', 'the cart')
  }),
  testCase('unsafe requests of other sites are refused; those of this one pass', {}, async ({ browser, events }) => {
    await browser.post('/login')
    const status = async (headers: { readonly [name: string]: string }): Promise<number> =>
      (await browser.sendOnly('/who', { method: 'POST', site: null, headers })).status
    equal(await status({ 'sec-fetch-site': 'same-origin' }), 200, 'same-origin')
    equal(await status({ 'sec-fetch-site': 'none' }), 200, 'none')
    equal(await status({ 'sec-fetch-site': 'same-site' }), 403, 'same-site')
    equal(await status({ 'sec-fetch-site': 'cross-site' }), 403, 'cross-site')
    equal(await status({ 'sec-fetch-site': 'cross-site', origin: browser.origin }), 403, 'cross-site with our Origin')
    equal(await status({ origin: browser.origin }), 200, 'Origin')
    equal(await status({ origin: 'https://evil.example' }), 403, 'another Origin')
    equal(await status({ origin: 'null' }), 403, 'Origin null')
    equal(await status({ origin: browser.origin.replace(/:\d+$/, ':1') }), 403, 'another port')
    equal(await status({}), 403, 'neither')
    equal(events.filter(({ type }) => type === 'csrf.refused').length, 7, 'how many events')
    equal((await browser.sendOnly('/who', { site: 'cross-site' })).body, 'ann', 'a safe request of another site')
  }),
  testCase(
    'where neither header came, the token of this session passes, and no other',
    { '/token': (session) => text(session.csrfToken()) },
    async ({ browser }) => {
      const before = (await browser.send('/token')).body
      await browser.send('/cart')
      const anonymous = (await browser.send('/token')).body
      await browser.post('/login')
      const mine = (await browser.send('/token')).body
      const status = async (token: string): Promise<number> =>
        (await browser.sendOnly('/who', { method: 'POST', site: null, headers: { 'x-csrf-token': token } })).status
      equal([await status(mine), await status((await browser.send('/token')).body)], [200, 200], 'tokens of this session')
      equal(
        [await status(before), await status(anonymous), await status(''), await status(`${mine.slice(0, -1)}${mine.endsWith('A') ? 'B' : 'A'}`)],
        [403, 403, 403, 403],
        'other tokens',
      )
    },
  ),
  testCase(
    'without cookie and without either header a request goes on, but may not log in unless the application says so',
    {
      '/script': async (session) => {
        await session.login('ann', { allowUnverifiedRequest: true })
        return text('welcome')
      },
    },
    async ({ browser }) => {
      const bare = { method: 'POST', site: null } as const
      equal((await browser.sendOnly('/who', bare)).status, 200, 'a request')
      const { status, setCookie } = await browser.sendOnly('/login', bare)
      equal([status, setCookie], [403, []], 'a login')
      equal((await browser.sendOnly('/script', bare)).setCookie.length, 1, 'the cookies of a login that the application allows')
    },
  ),
  testCase(
    'trusted origins and exempted paths pass; an exempted path may not log in by itself',
    {},
    async ({ browser }) => {
      await browser.post('/login')
      const from = (path: string, origin: string, method = 'POST') => browser.sendOnly(path, { method, site: 'cross-site', headers: { origin } })
      equal((await from('/who', 'https://admin.example')).status, 200, 'a trusted origin')
      equal((await from('/who', 'https://admin.example.evil.example')).status, 403, 'an origin that begins like it')
      equal((await from('/static', 'https://evil.example')).status, 200, 'an exempted path')
      equal((await from('/static/', 'https://evil.example')).status, 403, 'a path that begins like it')
      equal((await from('/login', 'https://evil.example')).status, 403, 'a login')
    },
    { trustedOrigins: ['https://admin.example'], exempt: ['/static'] },
  ),
  testCase('two login cookies of one name open nothing; the next login mends it', {}, async ({ browser, events }) => {
    await browser.post('/login')
    const cookie = `${browser.cookie}; ${LOGIN}=${'a'.repeat(22)}.${'b'.repeat(43)}`
    const planted = browser.another()
    equal((await planted.sendOnly('/who', { headers: { cookie } })).body, 'nobody', 'who it is')
    const { setCookie } = await planted.sendOnly('/login', { method: 'POST', headers: { cookie } })
    equal(setCookie.filter((one) => /Max-Age=0; Partitioned/.test(one)).length, 1, 'how many cookies clear the planted twin')
    equal(events.filter(({ type }) => type === 'session.duplicate_cookie').length, 2, 'how many events')
  }),
  testCase(
    'a client that goes away leaves what was written stored',
    { '/slow': storing(text('stored')), '/x': (session) => text(String(session.has('x'))) },
    async ({ browser, store }) => {
      await browser.send('/cart')
      const gate = store.hold('update')
      const abort = new AbortController()
      const gone = browser.fetch
        .call(undefined, `${browser.origin}/slow`, {
          method: 'POST',
          signal: abort.signal,
          headers: { cookie: browser.cookie, 'sec-fetch-site': 'same-origin' },
        })
        .catch(() => 'aborted')
      await gate.reached
      abort.abort()
      equal(await gone, 'aborted', 'what the client saw')
      gate.open()
      let stored = 'false'
      for (let tries = 0; tries < 100 && stored !== 'true'; tries++) stored = (await browser.send('/x')).body
      equal(stored, 'true', 'whether it was stored')
    },
  ),
  testCase(
    'a body that breaks off after the head has gone ends the connection and nothing else',
    {
      '/breaks': () =>
        text('', {
          body: pieces('begin', () => {
            throw new Error('the stream broke')
          }),
        }),
    },
    async ({ browser }) => {
      const outcome = await browser.send('/breaks').then(
        () => 'answered',
        () => 'broken off',
      )
      equal(outcome, 'broken off', 'what the client saw')
      equal((await browser.send('/who')).status, 200, 'the status of the next request')
    },
  ),
]

const failures: unknown[] = []

async function attempt(work: () => unknown): Promise<void> {
  try {
    await work()
    failures.push('none')
  } catch (error) {
    failures.push((error as { code?: unknown }).code)
  }
}
