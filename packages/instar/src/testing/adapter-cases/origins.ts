import type { AdapterSubject } from '../adapter-subject.ts'
import { TestBrowser } from '../browser.ts'
import { type ConformanceCase, equal } from '../check.ts'
import { testCase, text, type World } from './case.ts'

const SHOP = 'https://shop.example'
const FORWARDED = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'shop.example', 'x-forwarded-for': '192.0.2.1' }

/** The status of a POST that shows an Origin and nothing else. */
const posted = async ({ browser }: World, origin: string, headers: { readonly [name: string]: string } = {}): Promise<number> =>
  (await browser.sendOnly('/who', { method: 'POST', site: null, headers: { origin, ...headers } })).status

/** Where the server is, behind proxies and path prefixes. */
export const origins: readonly ConformanceCase<AdapterSubject>[] = [
  testCase('forwarded headers are believed from nobody, unless the framework was told whom to trust', {}, async (world) => {
    equal(await posted(world, SHOP, FORWARDED), 403, 'the forwarded origin')
    equal(await posted(world, SHOP, { ...FORWARDED, forwarded: 'host=shop.example;proto=https' }), 403, 'the forwarded origin, said twice')
    equal(await posted(world, world.browser.origin, FORWARDED), 200, 'the address that the request came to')
  }),
  testCase(
    'behind a proxy that the framework trusts, the origin is what it says',
    {},
    async (world) => {
      const [forwarded, own] = world.subject.believesProxies ? [200, 403] : [403, 200]
      equal([await posted(world, SHOP, FORWARDED), await posted(world, world.browser.origin, FORWARDED)], [forwarded, own], 'the forwarded origin, and its own')
      equal(await posted(world, 'http://shop.example', FORWARDED), 403, 'another scheme')
      equal(await posted(world, 'https://evil.example', FORWARDED), 403, 'another host')
      equal(await posted(world, SHOP, { ...FORWARDED, 'x-forwarded-host': 'shop.example/who' }), 403, 'a host that holds a path')
    },
    { behindProxy: true },
  ),
  testCase(
    'the origin that the manager was given settles it, whatever the address and the proxies say',
    {},
    async (world) => {
      equal(await posted(world, SHOP), 200, 'the origin')
      equal(await posted(world, world.browser.origin), 403, 'the address that the request came to')
      equal(await posted(world, 'https://evil.example', { ...FORWARDED, 'x-forwarded-host': 'evil.example' }), 403, 'a forwarded origin')
    },
    { manager: { origin: SHOP }, behindProxy: true },
  ),
  testCase('on plain http and a host that is not this machine it says so and sets no cookie', {}, async ({ browser, store }) => {
    // An address of this machine whose name does not say so, for clients that let nobody choose the Host.
    const elsewhere = new TestBrowser(browser.origin.replace('127.0.0.1', '[::ffff:127.0.0.1]'), undefined, browser.fetch)
    const { status, setCookie, body } = await elsewhere.post('/login', { headers: { host: 'shop.example' } })
    equal([status, setCookie, body.includes('welcome'), store.operations], [500, [], false, []], 'status, cookies, success, store operations')
  }),
  testCase(
    'below a path prefix the whole path counts for exemptions, and the cookies are those of the host',
    { '/hook': () => text('taken') },
    async ({ browser }) => {
      const { setCookie } = await browser.post('/shop/login')
      equal(setCookie[0]?.includes('; Path=/;'), true, 'whether the cookie is for the host')
      const status = async (path: string): Promise<number> => (await browser.sendOnly(path, { method: 'POST', site: 'cross-site' })).status
      equal([await status('/shop/hook'), await status('/shop/who')], [200, 403], 'an exempted path and another')
      equal((await browser.send('/shop/who')).body, 'ann', 'who it is')
    },
    { prefix: '/shop', csrf: { exempt: ['/shop/hook'] } },
  ),
  testCase(
    'a cookie with a path of its own is set, read and cleared under that path',
    {},
    async ({ browser }) => {
      const login = await browser.post('/login')
      equal(
        login.setCookie.map((cookie) => /^__Secure-sid=.*; Path=\/who; Secure/.test(cookie)),
        [true],
        'whether the login cookie has its name and path',
      )
      equal((await browser.send('/who')).body, 'ann', 'who it is')
      equal(
        (await browser.post('/logout')).setCookie.map((cookie) => /^__Secure-sid=; Path=\/who;.*Max-Age=0/.test(cookie)),
        [true],
        'whether it is cleared under its path',
      )
    },
    { manager: { cookie: { name: '__Secure-sid', path: '/who' } } },
  ),
]
