import type { Sequence, Spec, Step } from '../sequence.ts'
import { ask, begin, look, type Options, SEE, sequence, USUAL } from './build.ts'

// Every documented option, over requests that show what it does.

const visits: readonly Step[] = [
  look(),
  begin(),
  look(),
  ask([['count', 'views'], ['seeHead']]),
  ask([SEE], ['end']),
  ask([['touch']]),
  ask([['remove', 'views']]),
  ask([['destroy']]),
  look(),
]

const saving: readonly Options[] = [true, false].flatMap((resave) =>
  [true, false].flatMap((saveUninitialized) => [true, false].map((rolling) => ({ ...USUAL, resave, saveUninitialized, rolling }))),
)

const cookies: readonly (readonly [what: string, cookie: Spec, steps?: readonly Step[]])[] = [
  ['no field', {}],
  ['maxAge', { maxAge: 60_000 }],
  ['maxAge 0', { maxAge: 0 }],
  ['a negative maxAge', { maxAge: -1000 }],
  ['maxAge null', { maxAge: null }],
  ['a fraction as maxAge', { maxAge: 1500.5 }],
  ['maxAge as a text', { maxAge: '60000' }],
  ['maxAge as a Date', { maxAge: { $date: 60_000 } }],
  ['expires', { expires: { $date: 3_600_000 } }],
  ['expires in the past', { expires: { $date: -1000 } }],
  ['expires null', { expires: null }],
  ['expires false', { expires: false }],
  ['expires as a text', { expires: 'Thu, 01 Jan 2026 01:00:00 GMT' }],
  ['an invalid Date', { expires: { $invalidDate: true } }],
  ['maxAge and expires', { maxAge: 60_000, expires: { $date: 3_600_000 } }],
  ['expires and maxAge', { expires: { $date: 3_600_000 }, maxAge: 60_000 }],
  ['originalMaxAge', { maxAge: 60_000, originalMaxAge: 120_000 }],
  ['httpOnly false', { httpOnly: false }],
  ['httpOnly true', { httpOnly: true }],
  ['domain', { domain: 'example.com' }],
  ['a bad domain', { domain: 'exa;mple' }],
  ['path', { path: '/app' }],
  ['an empty path', { path: '' }],
  ['path null', { path: null }],
  ['a bad path', { path: '/a;b' }],
  ['secure true', { secure: true }],
  ['secure false', { secure: false }],
  ['secure auto', { secure: 'auto' }],
  ['sameSite true', { sameSite: true }],
  ['sameSite false', { sameSite: false }],
  ['sameSite strict', { sameSite: 'strict' }],
  ['sameSite Lax', { sameSite: 'Lax' }],
  ['sameSite none', { sameSite: 'none' }],
  ['sameSite auto', { sameSite: 'auto' }],
  ['a bad sameSite', { sameSite: 'sideways' }],
  ['partitioned', { partitioned: true, secure: false }],
  ['priority high', { priority: 'high' }],
  ['priority Low', { priority: 'Low' }],
  ['a bad priority', { priority: 'urgent' }],
  ['everything', { maxAge: 60_000, domain: 'example.com', httpOnly: false, path: '/', sameSite: 'lax', priority: 'medium', partitioned: true }],
  ['an unknown field', { colour: 'green', maxAge: 1000 }],
  ['data', { data: { path: '/other' }, maxAge: 1000 }],
  ['a function', { $byRequest: true }],
  ['a function that gives nothing', { $function: { $undefined: true } }],
  ['a function that gives a secure cookie', { $function: { secure: 'auto', maxAge: 5000 } }],
  ['a text', 'cookie'],
  ['a number', 5],
  ['null', null],
  ['false', false],
]

const cookieVisits: readonly Step[] = [
  ask([SEE, ['seeCookie'], ['set', 'views', 1]]),
  ask([SEE, ['seeCookie']], ['text', 'ok'], { path: '/app/page' }),
  { advance: 30_000 },
  ask([['seeCookie'], ['count', 'views']], ['text', 'ok'], { headers: { 'x-forwarded-proto': 'https' } }),
  { advance: 40_000 },
  ask([SEE, ['seeCookie'], ['set', 'views', 9]], ['text', 'ok'], { path: '/application', headers: { 'x-max-age': '5000' } }),
  look(),
]

const proxies: readonly Options[] = [{ proxy: true }, { proxy: false }, {}]
const protocols: readonly (string | undefined)[] = [undefined, 'https', 'http', 'HTTPS, http', 'http, https', ' https ', '']
const kinds = ['express5', 'express4', 'node'] as const

const secrets: readonly (readonly [what: string, secret: Spec])[] = [
  ['a text', 'keyboard cat'],
  ['a list', ['new', 'old']],
  ['an empty list', []],
  ['an empty text', ''],
  ['a list with an empty text', ['']],
  ['a Buffer', { $buffer: 'keyboard cat' }],
  ['a list of Buffers', [{ $buffer: 'new' }, 'old']],
  ['none', { $undefined: true }],
  ['null', null],
  ['a number', 5],
  ['text with accents', 'clé secrète'],
]

export const options: readonly Sequence[] = [
  ...saving.flatMap((each) =>
    (['memory', 'legacy', 'legacyWithoutTouch', 'legacySync'] as const).map((store) =>
      sequence(`resave ${each['resave']}, saveUninitialized ${each['saveUninitialized']}, rolling ${each['rolling']} on ${store}`, each, visits, { store }),
    ),
  ),
  ...saving.map((each) =>
    sequence(
      `resave ${each['resave']}, saveUninitialized ${each['saveUninitialized']}, rolling ${each['rolling']} with maxAge`,
      { ...each, cookie: { maxAge: 10_000 } },
      [...visits.slice(0, 4), { advance: 9000 }, look(), { advance: 9000 }, look(), ask([['count', 'views']]), { advance: 11_000 }, look()],
    ),
  ),
  ...cookies.flatMap(([what, cookie]) => [
    sequence(`cookie: ${what}`, { ...USUAL, cookie }, cookieVisits),
    sequence(`cookie: ${what}, rolling`, { ...USUAL, cookie, rolling: true, saveUninitialized: true }, cookieVisits, { store: 'memory' }),
  ]),
  ...kinds.flatMap((kind) =>
    proxies.flatMap((proxy) =>
      [true, false].map((trustProxy) =>
        sequence(
          `secure and sameSite auto on ${kind}, proxy ${proxy['proxy']}, trust proxy ${trustProxy}`,
          { ...USUAL, ...proxy, cookie: { secure: 'auto', sameSite: 'auto' } },
          protocols.map((protocol) =>
            ask([['set', 'views', 1], ['seeCookie']], ['text', 'ok'], {
              cookie: 'none',
              headers: protocol === undefined ? {} : { 'x-forwarded-proto': protocol },
            }),
          ),
          { application: { kind, trustProxy } },
        ),
      ),
    ),
  ),
  ...proxies.map((proxy) =>
    sequence(`a secure cookie, proxy ${proxy['proxy']}`, { ...USUAL, ...proxy, cookie: { secure: true } }, [
      begin(),
      ask([['set', 'views', 1]], ['text', 'ok'], { headers: { 'x-forwarded-proto': 'https' } }),
      look(),
      ask([
        ['cookie', 'secure', false],
        ['cookie', 'maxAge', 1000],
        ['count', 'views'],
      ]),
    ]),
  ),
  ...secrets.flatMap(([what, secret]) => [
    sequence(`secret: ${what}`, { ...USUAL, secret }, [begin(), look(), look({ cookie: { forged: 'badSignature' } })]),
    sequence(`secret: ${what}, beside cookie-parser`, { ...USUAL, secret }, [begin(), look(), look({ cookie: { forged: 'otherSecret' } })], {
      application: { kind: 'express5', cookieParser: 'parser secret' },
    }),
  ]),
  sequence('secret: rotated, the old one is read', { ...USUAL, secret: ['new', 'keyboard cat'], rolling: true }, [
    begin(),
    look({ cookie: { raw: 'connect.sid=s%3Acustom.garbage' } }),
    look(),
  ]),
  sequence('secret: cookie-parser without one', { ...USUAL, secret: { $undefined: true } }, [begin(), look()], {
    application: { kind: 'express5', cookieParser: { $undefined: true } },
  }),
  ...['counter', 'fromHeader', 'short', 'odd', 'number', 'nothing', 'throws', 'not a function'].map((genid) =>
    sequence(`genid: ${genid}`, { ...USUAL, genid }, [
      begin(),
      look(),
      ask([['regenerate'], SEE, ['set', 'again', 1]], ['text', 'ok'], { headers: { 'x-id': 'id-from-the-header-of-it' } }),
      look(),
    ]),
  ),
  sequence('genid: the same for every request', { ...USUAL, genid: 'fromHeader' }, [
    begin(),
    ask([['destroy']]),
    ask([['set', 'again', 1], SEE], ['text', 'ok'], { cookie: 'none' }),
    look(),
  ]),
  ...['sid', '__Host-id', 'a.b', 'bad name', 'bad;name', 'connect.sid'].flatMap((name) => [
    sequence(`name: ${name}`, { ...USUAL, name }, [begin(), look()]),
    sequence(`key: ${name}`, { ...USUAL, key: name }, [begin(), look()]),
  ]),
  sequence('name and key', { ...USUAL, name: 'one', key: 'two' }, [begin(), look(), look({ cookie: { raw: 'two=s%3Ax.y' } })]),
  ...['keep', 'destroy', 'other', ''].flatMap((unset) =>
    (['setToNull', 'setToUndefined', 'deleteSession'] as const).flatMap((way) => [
      sequence(`unset ${unset || 'empty'}: ${way}`, { ...USUAL, unset }, [
        begin(),
        ask([[way], SEE]),
        look(),
        ask([[way]], ['text', 'no session'], { cookie: 'none' }),
        look(),
      ]),
      sequence(
        `unset ${unset || 'empty'}: ${way}, then writing on`,
        { ...USUAL, unset, saveUninitialized: true },
        [begin(), ask([['set', 'views', 5], [way]], ['writeEnd', 'a', 'b']), look()],
        { store: 'memory' },
      ),
    ]),
  ),
]
