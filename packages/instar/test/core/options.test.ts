import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CsrfGuard, InstarError, SessionManager, type SessionManagerOptions } from 'instar'
import { memoryStore } from 'instar/stores/memory'

const store = memoryStore()

const BAD: readonly [options: object, option: string, value: string][] = [
  [{}, 'store', 'undefined'],
  [{ store: {} }, 'store', 'missing create'],
  [{ store, idleTimeout: 30 }, 'idleTimeout', '30'],
  [{ store, idleTimeout: 1800000 }, 'idleTimeout', "'1800000ms'"],
  [{ store, idleTimeout: '30 minutes' }, 'idleTimeout', '30 minutes'],
  [{ store, idleTimeout: '-5m' }, 'idleTimeout', '-5m'],
  [{ store, idleTimeout: '1e3s' }, 'idleTimeout', '1e3s'],
  [{ store, absoluteTimeout: '0h' }, 'absoluteTimeout', '0h'],
  [{ store, absoluteTimeout: '99999999999999999999d' }, 'absoluteTimeout', '99999'],
  [{ store, absoluteTimeout: '10m' }, 'absoluteTimeout', "'10m'"],
  [{ store, idleTimeout: '13h' }, 'absoluteTimeout', '13h'],
  [{ store, remember: { idleTimeout: '31d' } }, 'remember.absoluteTimeout', '31d'],
  [{ store, remember: { idleTimeout: '1h', absoluteTimeout: '2h' } }, 'remember.absoluteTimeout', '2h'],
  [{ store, remember: { idleTimeout: '1m' } }, 'remember.idleTimeout', '1m'],
  [{ store, remember: { absoluteTimeout: '500d' } }, 'remember.absoluteTimeout', '500d'],
  [{ store, anonymousTimeout: '' }, 'anonymousTimeout', '""'],
  [{ store, cookie: { domain: 'shop.example' } }, 'cookie.domain', 'shop.example'],
  [{ store, cookie: { name: '__Host-sid', path: '/shop' } }, 'cookie.path', '/shop'],
  [{ store, cookie: { name: '__host-sid' } }, 'cookie.name', '__host-sid'],
  [{ store, cookie: { name: 'a b' } }, 'cookie.name', 'a b'],
  [{ store, cookie: { name: 'a;b' } }, 'cookie.name', 'a;b'],
  [{ store, cookie: { name: '' } }, 'cookie.name', ''],
  [{ store, cookie: { name: 'sid', anonymousName: 'SID' } }, 'cookie.anonymousName', 'SID'],
  [{ store, cookie: { name: '__Secure-sid', domain: 'a; Secure' } }, 'cookie.domain', 'a; Secure'],
  [{ store, cookie: { name: 'sid', path: 'shop' } }, 'cookie.path', 'shop'],
  [{ store, cookie: { sameSite: 'None' } }, 'cookie.sameSite', 'None'],
  [{ store, cookie: { priority: 'highest' } }, 'cookie.priority', 'highest'],
  [{ store, insecureDevelopment: true, cookie: { sameSite: 'none' } }, 'cookie.sameSite', 'none'],
  [{ store, insecureDevelopment: true, cookie: { partitioned: true } }, 'cookie.partitioned', 'true'],
  [{ store, insecureDevelopment: true, cookie: { name: '__Host-sid' } }, 'cookie.name', '__Host-sid'],
  [{ store, origin: 'shop.example' }, 'origin', 'shop.example'],
  [{ store, origin: 'https://shop.example/' }, 'origin', 'https://shop.example/'],
  [{ store, origin: 'https://shop.example/login' }, 'origin', '/login'],
  [{ store, origin: 'http://shop.example' }, 'origin', 'http://shop.example'],
  [{ store, origin: 'https://user@shop.example' }, 'origin', 'user@'],
  [{ store, limit: { perUser: 0, atLimit: 'refuse' } }, 'limit.perUser', '0'],
  [{ store, limit: { perUser: 3, atLimit: 'ask' } }, 'limit.atLimit', 'ask'],
  [{ store, payloadLimit: 0 }, 'payloadLimit', '0'],
  [{ store, payloadLimit: '64kb' }, 'payloadLimit', '64kb'],
  [{ store, storeTimeout: 10 }, 'storeTimeout', '10'],
  [{ store, storeTimeout: '30d' }, 'storeTimeout', '30d'],
  [{ store, encryption: { keys: [] } }, 'encryption.keys', 'not a list'],
  [{ store, encryption: null }, 'encryption', 'null'],
  [{ store, encryption: { keys: ['A'.repeat(43)], readPlain: 'false' } }, 'encryption.readPlain', '"false"'],
  [{ store, limit: null }, 'limit', 'null'],
  [{ store, encryption: { keys: ['short'] } }, 'encryption.keys[0]', 'not a key'],
]

test('bad configuration fails at construction and names the option and its value', () => {
  for (const [options, option, value] of BAD) {
    assert.throws(
      () => new SessionManager(options as SessionManagerOptions),
      (error: InstarError) => {
        assert.ok(error instanceof InstarError)
        assert.equal(error.code, 'bad_option')
        assert.ok(error.message.startsWith(option), `${error.message} names ${option}`)
        assert.ok(error.message.includes(value), `${error.message} says ${value}`)
        assert.ok(/\. [A-Z].*\.$/.test(error.message), `${error.message} says how to mend it`)
        return true
      },
      JSON.stringify(options),
    )
  }
})

test('good configuration is taken', () => {
  for (const options of [
    {},
    { origin: 'https://shop.example:8443' },
    { origin: 'http://localhost:3000' },
    { origin: 'http://127.0.0.1:3000' },
    { cookie: { name: '__Secure-sid', domain: 'shop.example', path: '/shop' } },
    { cookie: { sameSite: 'none', partitioned: true } },
    { insecureDevelopment: true },
  ] as Partial<SessionManagerOptions>[])
    assert.ok(new SessionManager({ store, ...options }))
})

test('the development switch refuses to run in production', () => {
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  try {
    assert.throws(() => new SessionManager({ store, insecureDevelopment: true }), /insecureDevelopment.*NODE_ENV=production/)
  } finally {
    if (before === undefined) Reflect.deleteProperty(process.env, 'NODE_ENV')
    else process.env['NODE_ENV'] = before
  }
})

test('plain http works on loopback hosts alone; elsewhere open says what to set', async () => {
  const sessions = new SessionManager({ store })
  const open = (url: string, manager = sessions) => manager.open({ method: 'GET', url, headers: new Headers() })
  for (const host of ['localhost:3000', 'shop.localhost', '127.0.0.1', '127.8.8.8:1', '[::1]:3000']) assert.ok(await open(`http://${host}/`))
  assert.ok(await open('https://shop.example/'))
  for (const host of ['shop.example', 'localhost.evil.example', '10.0.0.1', '127.0.0.1.evil.example', '0.0.0.0']) {
    await assert.rejects(
      open(`http://${host}/`),
      (error: InstarError) => error.code === 'insecure_origin' && error.message.includes(`http://${host}`) && error.message.includes('origin:'),
    )
  }
  assert.ok(await open('http://shop.example/', new SessionManager({ store, origin: 'https://shop.example' })))
  assert.ok(await open('http://shop.example/', new SessionManager({ store, insecureDevelopment: true })))
  for (const odd of ['', '/', 'nonsense', 'http://', 'http://a b/', 'http://[', 'http://:0/', '*']) assert.ok(await open(odd), odd)
})

test('the insecure development cookies have no prefix and no Secure', async () => {
  const session = await new SessionManager<{ x: number }>({ store, insecureDevelopment: true }).open({
    method: 'GET',
    url: 'http://shop.example/',
    headers: new Headers(),
  })
  session.set('x', 1)
  assert.match((await session.commit({ status: 200 })).setCookie[0] as string, /^pre=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Priority=High$/)
})

test('bad options of the guard and the memory store are refused', () => {
  for (const origin of ['*', 'admin.example', 'https://admin.example/', 'null', 7])
    assert.throws(() => new CsrfGuard({ trustedOrigins: [origin as string] }), { code: 'bad_option' })
  for (const path of ['webhooks', '/*', '*', '/a*', '/a/**', '/a?b', '/%41', 7])
    assert.throws(() => new CsrfGuard({ exempt: [path as string] }), { code: 'bad_option' })
  for (const maxRows of [0, -1, 1.5, Number.NaN]) assert.throws(() => memoryStore({ maxRows }), { code: 'bad_option' })
})
