import type { AdapterSubject } from '../adapter-subject.ts'
import { type ConformanceCase, equal } from '../check.ts'
import { ANONYMOUS, LOGIN, storing, testCase, text } from './case.ts'

/** Logins, logouts, elevations, and what becomes of them when something fails. */
export const logins: readonly ConformanceCase<AdapterSubject>[] = [
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
    'an elevation: a new cookie of the same session, and the old one is dead once the new one came',
    {
      '/elevate': async (session) => {
        await session.elevate({ method: 'totp' })
        return text('elevated')
      },
      '/methods': (session) => text(session.methods.join()),
    },
    async ({ browser }) => {
      await browser.post('/login')
      const old = browser.copy()
      const { setCookie } = await browser.post('/elevate')
      equal(
        setCookie.map((cookie) => cookie.split('=', 1)[0]),
        [LOGIN],
        'the cookies that are set',
      )
      equal((await old.send('/methods')).body.includes('totp'), false, 'whether the old cookie is worth more')
      equal((await browser.send('/methods')).body.includes('totp'), true, 'whether the new cookie is')
      equal((await old.send('/who')).body, 'nobody', 'who the old cookie is then')
    },
  ),
  testCase(
    'requests of several people at once keep to their own sessions and cookies',
    {
      '/enter-bob': async (session) => {
        await session.login('bob')
        return text('welcome')
      },
      '/note': (session) => {
        session.set('note', session.userId)
        return text(session.userId ?? 'nobody')
      },
      '/noted': (session) => text(JSON.stringify(session.get('note'))),
    },
    async ({ browser, store }) => {
      const bob = browser.another()
      const stranger = browser.another()
      await browser.post('/login')
      await bob.post('/enter-bob')
      const gate = store.hold('update')
      const slow = browser.post('/note') // Its commit waits while the others come and go.
      await gate.reached
      const others = await Promise.all([bob.post('/note'), stranger.post('/who')])
      gate.open()
      const answers = [await slow, ...others]
      equal(
        answers.map(({ body, setCookie }) => [body, setCookie.length]),
        [
          ['ann', 0],
          ['bob', 0],
          ['nobody', 0],
        ],
        'who each is, and how many cookies',
      )
      equal([(await browser.send('/noted')).body, (await bob.send('/noted')).body], ['"ann"', '"bob"'], 'what each has written')
    },
  ),
]
