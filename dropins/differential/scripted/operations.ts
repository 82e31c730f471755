import type { Operation, Sequence } from '../sequence.ts'
import { ask, begin, look, type Options, SEE, sequence, USUAL } from './build.ts'

// What handlers do to sessions, each over several settings; and combinations whose order matters.

const single: readonly (readonly [what: string, operations: readonly Operation[]])[] = [
  ['read', [['read', 'views']]],
  ['a new key', [['set', 'cart', ['apple']]]],
  ['the same value', [['set', 'views', 1]]],
  ['a nested value', [['set', 'cart.items.first', 'apple']]],
  ['a push', [['push', 'list', { at: 1 }]]],
  ['a count', [['count', 'views']]],
  ['a delete', [['remove', 'views']]],
  [
    'a change and its opposite',
    [
      ['set', 'x', 1],
      ['remove', 'x'],
    ],
  ],
  ['undefined', [['set', 'views', { $undefined: true }]]],
  ['a Date', [['set', 'when', { $date: 0 }]]],
  ['a Buffer', [['set', 'bytes', { $buffer: 'abc' }]]],
  ['a function', [['set', 'f', { $function: 1 }]]],
  ['null', [['set', 'views', null]]],
  ['unicode', [['set', 'ключ', '\u2028 ☃']]],
  ['a circle', [['circular']]],
  [
    'keys of the prototype',
    [
      ['set', 'touch', 'x'],
      ['set', 'save', 'y'],
    ],
  ],
  ['__proto__', [['set', '__proto__.polluted', 1]]],
  [
    'cookie by a path',
    [
      ['set', 'cookie.maxAge', 5000],
      ['set', 'views', 2],
    ],
  ],
  ['cookie.maxAge', [['cookie', 'maxAge', 5000], ['seeCookie']]],
  ['cookie.maxAge null', [['cookie', 'maxAge', null], ['seeCookie']]],
  ['cookie.maxAge as a text', [['cookie', 'maxAge', 'soon'], ['seeCookie']]],
  ['cookie.expires', [['cookie', 'expires', { $date: 7000 }], ['seeCookie']]],
  ['cookie.expires false', [['cookie', 'expires', false], ['seeCookie']]],
  ['cookie.originalMaxAge', [['cookie', 'originalMaxAge', 7000], ['seeCookie']]],
  [
    'cookie.secure',
    [
      ['cookie', 'secure', true],
      ['set', 'views', 2],
    ],
  ],
  [
    'cookie.httpOnly',
    [
      ['cookie', 'httpOnly', false],
      ['set', 'views', 2],
    ],
  ],
  [
    'cookie.path',
    [
      ['cookie', 'path', '/deep'],
      ['set', 'views', 2],
    ],
  ],
  [
    'cookie.domain',
    [
      ['cookie', 'domain', 'example.com'],
      ['set', 'views', 2],
    ],
  ],
  [
    'a bad cookie.domain',
    [
      ['cookie', 'domain', 'a;b'],
      ['set', 'views', 2],
    ],
  ],
  [
    'cookie.sameSite',
    [
      ['cookie', 'sameSite', 'strict'],
      ['set', 'views', 2],
    ],
  ],
  [
    'a bad cookie.sameSite',
    [
      ['cookie', 'sameSite', 'sideways'],
      ['cookie', 'maxAge', 5000],
      ['set', 'views', 2],
    ],
  ],
  [
    'cookie.partitioned',
    [
      ['cookie', 'partitioned', true],
      ['set', 'views', 2],
    ],
  ],
  [
    'cookie.priority',
    [
      ['cookie', 'priority', 'high'],
      ['set', 'views', 2],
    ],
  ],
  [
    'a bad cookie.priority',
    [
      ['cookie', 'priority', 'urgent'],
      ['cookie', 'maxAge', 5000],
      ['set', 'views', 2],
    ],
  ],
  ['an unknown cookie field', [['cookie', 'colour', 'green'], ['seeCookie'], ['set', 'views', 2]]],
  [
    'another cookie object',
    [
      ['cookieReplace', { path: '/', maxAge: 5000 }],
      ['set', 'views', 2],
    ],
  ],
  ['touch', [['touch'], ['seeCookie']]],
  ['resetMaxAge', [['cookie', 'maxAge', 500], ['resetMaxAge'], ['seeCookie']]],
  ['save', [['save']]],
  ['a change and save', [['count', 'views'], ['save'], SEE]],
  ['save and a change', [['save'], ['count', 'views']]],
  ['two saves', [['count', 'views'], ['save'], ['count', 'views'], ['save'], ['count', 'views']]],
  ['save without a callback', [['count', 'views'], ['saveAway']]],
  ['a replaced save', [['replaceSave'], ['count', 'views']]],
  ['reload', [['reload'], SEE]],
  ['a change and reload', [['count', 'views'], ['reload'], SEE]],
  ['reload and a change', [['reload'], ['count', 'views']]],
  ['two reloads', [['reload'], ['reload'], ['count', 'views']]],
  ['save and reload', [['count', 'views'], ['save'], ['reload'], ['count', 'views']]],
  ['regenerate', [['regenerate'], SEE]],
  ['regenerate and a change', [['regenerate'], ['set', 'fresh', true], SEE]],
  ['regenerate and save', [['regenerate'], ['set', 'fresh', true], ['save'], SEE]],
  ['regenerate and reload', [['regenerate'], ['reload'], SEE]],
  ['two regenerations', [['regenerate'], ['regenerate'], ['set', 'fresh', 2], SEE]],
  ['save, regenerate', [['count', 'views'], ['save'], ['regenerate'], ['set', 'fresh', true]]],
  ['destroy', [['destroy'], SEE]],
  ['destroy without a callback', [['destroyAway'], SEE]],
  ['destroy and use', [['destroy'], ['set', 'views', 1]]],
  ['destroy and generate', [['destroy'], ['storeGenerate'], ['set', 'fresh', true], SEE]],
  ['destroy and store.get', [['destroy'], ['storeGet']]],
  ['destroy without a callback and store.get', [['destroyAway'], ['storeGet']]],
  ['save without a callback, and no session', [['set', 'late', 1], ['saveAway'], ['remove', 'late'], ['deleteSession']]],
  ['destroy twice', [['keep', 'a'], ['destroy'], ['destroyKept', 'a']]],
  ['sessionID changed', [['setId', 'an-id-of-the-handler'], ['count', 'views'], SEE]],
  [
    'sessionID removed',
    [
      ['setId', ''],
      ['count', 'views'],
    ],
  ],
  ['session.id changed', [['setSessionId', 'an-id-of-the-handler']]],
  ['session null', [['setToNull'], SEE]],
  ['session deleted', [['deleteSession'], SEE]],
  ['store.get', [['storeGet'], ['storeGet', 'an-id-that-nobody-issued']]],
  [
    'store.set of another',
    [
      ['storeSet', 'an-id-of-another-one', { cookie: { originalMaxAge: null, expires: null, path: '/' }, a: 1 }],
      ['storeGet', 'an-id-of-another-one'],
    ],
  ],
  ['store.set of its own', [['count', 'views'], ['storeSetOwn']]],
  ['store.destroy of its own', [['storeDestroy']]],
  ['store.destroy of its own, with a change', [['storeDestroy'], ['count', 'views']]],
  ['store.destroy of another', [['storeDestroy', 'an-id-that-nobody-issued']]],
  ['store.touch', [['storeTouch']]],
  ['store.all and length', [['storeAll'], ['storeLength']]],
  ['store.clear', [['storeClear'], ['storeLength']]],
  ['store.load', [['storeLoad'], ['storeLoad', 'an-id-that-nobody-issued']]],
  ['store.generate', [['storeGenerate'], SEE, ['set', 'fresh', true]]],
  ['store.regenerate', [['storeRegenerate'], SEE, ['set', 'fresh', true]]],
  ['store.createSession', [['storeCreate', { cookie: { originalMaxAge: 5000, expires: '2026-01-01T00:00:05.000Z', httpOnly: false }, a: 1 }]]],
  ['store.createSession without a cookie', [['storeCreate', { a: 1 }]]],
  ['store.createSession on the request', [['storeCreateHere', { cookie: { originalMaxAge: null, expires: null, path: '/' }, made: true }], SEE]],
  ['the shape', [['seeShape'], ['seeCookie']]],
]

const settings: readonly (readonly [what: string, options: Options, store: 'memory' | 'legacy'])[] = [
  ['usual', { ...USUAL, cookie: { maxAge: 60_000 } }, 'legacy'],
  ['resave', { ...USUAL, resave: true, saveUninitialized: true }, 'memory'],
  ['rolling', { ...USUAL, rolling: true, unset: 'destroy' }, 'legacy'],
]

export const onSessions: readonly Sequence[] = [
  ...single.flatMap(([what, operations]) =>
    settings.map(([setting, options, store]) =>
      sequence(
        `${what} (${setting})`,
        options,
        [begin(), { advance: 1000 }, ask(operations), { advance: 1000 }, look(), ask(operations, ['json', { ok: true }], { cookie: 'none' }), look()],
        { store },
      ),
    ),
  ),
  ...single
    .filter(([what]) => what !== 'a circle')
    .map(([what, operations]) =>
      sequence(`${what}, before a streamed answer`, { ...USUAL, cookie: { maxAge: 60_000 } }, [begin(), ask(operations, ['writeEnd', 'one', 'two']), look()], {
        application: { kind: 'node' },
      }),
    ),
  sequence('a save without data after an end', { ...USUAL, saveUninitialized: true }, [begin(), ask([['destroy']]), ask([SEE, ['save']]), look()]),
  sequence('an expiry in the past, saved twice', USUAL, [begin(), ask([['cookie', 'maxAge', 0], ['save'], ['count', 'views']]), look()]),
  sequence('an identifier of a session that was kept aside', USUAL, [
    begin(),
    ask([['keep', 'old'], ['regenerate'], ['set', 'fresh', 1], ['setKept', 'old', 'late', true], SEE]),
    look(),
  ]),
]
