import type { CookieChoice, Forgery, Sequence } from '../sequence.ts'
import { ask, begin, look, type Options, SEE, sequence, USUAL } from './build.ts'

// What comes with a request, and where the middleware stands.

const forgeries: readonly Forgery[] = [
  'unsigned',
  'badSignature',
  'otherSecret',
  'noSignature',
  'duplicate',
  'duplicateGarbage',
  'unknownId',
  'quoted',
  'undecodable',
  'withOthers',
]
const texts: readonly string[] = [
  '',
  'connect.sid',
  'connect.sid=',
  'connect.sid=s%3A',
  'connect.sid=s%3A.',
  'connect.sid=s:plain.text',
  'connect.sid=j%3A%7B%7D',
  'connect.sid=%',
  'connect.sid="',
  'Connect.sid=s%3Ax.y',
  ' connect.sid = s%3Ax.y ',
  'other=1',
  '; ; =',
  'connect.sid=toString',
  'connect.sid=__proto__',
]
const kinds = ['express5', 'express4', 'node'] as const

const choices: readonly CookieChoice[] = [...forgeries.map((forged) => ({ forged })), ...texts.map((raw) => ({ raw }))]
const rolling: Options = { ...USUAL, rolling: true, saveUninitialized: true }

export const ofRequests: readonly Sequence[] = [
  ...choices.flatMap((cookie) => [
    sequence(`cookie ${JSON.stringify(cookie)}`, USUAL, [begin(), ask([SEE, ['set', 'views', 2]], ['text', 'ok'], { cookie })]),
    sequence(`cookie ${JSON.stringify(cookie)}, rolling`, rolling, [begin(), ask([SEE], ['text', 'ok'], { cookie })], { store: 'memory' }),
    sequence(`cookie ${JSON.stringify(cookie)}, beside cookie-parser`, USUAL, [begin(), ask([SEE, ['seeWarned']], ['text', 'ok'], { cookie })], {
      application: { kind: 'express5', cookieParser: 'keyboard cat' },
    }),
  ]),
  ...['/', '/app', '/app/', '/app/page', '/apple', '/other', '/app?x=/app', '/?/app', '//app', '/APP', '*'].flatMap((path) => [
    sequence(`path ${path} of a cookie for /app`, { ...USUAL, cookie: { path: '/app' } }, [
      ask([SEE, ['set', 'views', 1]], ['text', 'ok'], { path: '/app/page' }),
      ask([SEE], ['text', 'ok'], { path }),
      ask([['count', 'views']], ['text', 'ok'], { path }),
    ]),
    sequence(
      `path ${path} where the session is mounted at /app`,
      USUAL,
      [ask([SEE, ['set', 'views', 1]], ['text', 'ok'], { path: '/app/page' }), ask([SEE, ['count', 'views']], ['text', 'ok'], { path })],
      {
        application: { kind: 'express5', mount: '/app' },
      },
    ),
    sequence(
      `path ${path} where the session is mounted at /app, for a cookie of /app`,
      { ...USUAL, cookie: { path: '/app' } },
      [ask([SEE, ['set', 'views', 1]], ['text', 'ok'], { path: '/app/page' }), ask([SEE], ['text', 'ok'], { path })],
      {
        application: { kind: 'express4', mount: '/app' },
      },
    ),
  ]),
  ...kinds.flatMap((kind) =>
    [true, false].map((sharesStore) =>
      sequence(
        `two session middlewares on ${kind}, store ${sharesStore ? 'shared' : 'of its own'}`,
        USUAL,
        [begin(), look(), ask([['regenerate'], ['set', 'a', 1], SEE]), ask([['destroy']]), look()],
        {
          application: { kind, second: { options: { ...USUAL, name: 'second.sid', secret: 'second' }, sharesStore } },
        },
      ),
    ),
  ),
  sequence(
    'two session middlewares, the first for a part only',
    { ...USUAL, cookie: { path: '/app' } },
    [ask([SEE, ['set', 'views', 1]], ['text', 'ok'], { path: '/other' }), ask([SEE, ['set', 'views', 1]], ['text', 'ok'], { path: '/app' })],
    {
      application: { kind: 'express5', second: { options: { ...USUAL, name: 'second.sid', secret: 'keyboard cat' }, sharesStore: false } },
    },
  ),
  ...kinds.map((kind) =>
    sequence(
      `a visit on ${kind}`,
      USUAL,
      [look(), begin(), ask([['count', 'views'], ['save']]), ask([['regenerate'], SEE]), ask([['set', 'x', 1], ['destroy']]), look()],
      { application: { kind } },
    ),
  ),
  ...(['legacy', 'memory'] as const).flatMap((store) =>
    [
      { cookie: { originalMaxAge: null, expires: null, httpOnly: true, path: '/' }, planted: 1 },
      { cookie: { originalMaxAge: 60_000, expires: '2026-01-01T00:01:00.000Z', httpOnly: true, path: '/' }, planted: 1 },
      { cookie: { originalMaxAge: 60_000, expires: '2025-12-31T00:00:00.000Z', httpOnly: true, path: '/' }, planted: 1 },
      { cookie: { path: '/' } },
      { cookie: {} },
      { planted: 'without a cookie' },
      { cookie: null },
      { cookie: { originalMaxAge: 'x', expires: 'never', secure: 'x' }, id: 'other', req: 1, touch: 2 },
    ].map((session, at) =>
      sequence(
        `a session that another process stored, ${at} (${store})`,
        { ...USUAL, cookie: { maxAge: 60_000 } },
        [
          { plant: { id: 'an-id-that-nobody-issued', session } },
          ask([SEE, ['seeCookie']], ['text', 'ok'], { cookie: { forged: 'unknownId' } }),
          ask([['count', 'views']], ['text', 'ok'], { cookie: { forged: 'unknownId' } }),
          look(),
        ],
        { store },
      ),
    ),
  ),
  ...([9999, 10_000, 10_001] as const).flatMap((advance) =>
    (['memory', 'legacy'] as const).map((store) =>
      sequence(
        `a session of ten seconds after ${advance} ms (${store})`,
        { ...USUAL, cookie: { maxAge: 10_000 } },
        [begin(), { advance }, ask([SEE, ['reload'], SEE]), look()],
        { store },
      ),
    ),
  ),
  ...(
    [
      [20_000, 5_000],
      [5_000, 20_000],
    ] as const
  ).map(([maxAge, changed]) =>
    sequence(`a maxAge of ${maxAge} that a handler makes ${changed}`, { ...USUAL, cookie: { maxAge } }, [
      begin(),
      ask([
        ['cookie', 'maxAge', changed],
        ['count', 'views'],
      ]),
      { advance: 4000 },
      ask([['seeCookie'], ['touch'], ['seeCookie']]),
      { advance: 4000 },
      look(),
      { advance: 18_000 },
      look(),
    ]),
  ),
]
