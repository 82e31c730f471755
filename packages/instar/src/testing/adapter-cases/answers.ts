import type { AdapterSubject } from '../adapter-subject.ts'
import { type ConformanceCase, equal } from '../check.ts'
import { ANONYMOUS, storing, testCase, text } from './case.ts'

/** The head of an answer. */
export const answers: readonly ConformanceCase<AdapterSubject>[] = [
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
  testCase('a handler that answers 500 stores nothing', { '/sorry': storing(text('sorry', { status: 500 })) }, async ({ browser, store }) => {
    const { status, setCookie, body } = await browser.post('/sorry')
    equal([status, setCookie, body, store.operations], [500, [], 'sorry', []], 'status, cookies, body, store operations')
  }),
  testCase(
    'a handler that throws before it answers stores nothing',
    {
      '/throws': (session) => {
        session.set('x', 1)
        throw new Error('before the answer')
      },
    },
    async ({ browser, store }) => {
      const { status, setCookie } = await browser.post('/throws')
      equal([status, setCookie, store.operations], [500, [], []], 'status, cookies, store operations')
    },
  ),
  testCase(
    'a session that the handler asks of nobody is answered with the status of its error',
    { '/mine': async (session) => text(await session.requireUser()) },
    async ({ browser }) => {
      equal((await browser.send('/mine')).status, 401, 'the status for nobody')
      await browser.post('/login')
      equal((await browser.send('/mine')).body, 'ann', 'who it is after a login')
    },
  ),
]
