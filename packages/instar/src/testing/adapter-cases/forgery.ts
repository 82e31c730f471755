import type { AdapterSubject } from '../adapter-subject.ts'
import { type ConformanceCase, equal } from '../check.ts'
import { testCase, text } from './case.ts'

/** Requests that the user did not mean. */
export const forgery: readonly ConformanceCase<AdapterSubject>[] = [
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
    { csrf: { trustedOrigins: ['https://admin.example'], exempt: ['/static'] } },
  ),
]
