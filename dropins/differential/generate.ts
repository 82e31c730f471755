import type { Random } from '../../packages/instar/test/random.ts'
import type { CookieChoice, Forgery, Operation, Request, Sequence, Spec, Step, StoreKind } from './sequence.ts'

// Sequences by chance; the same seed gives the same ones.

type Weighted<Item> = readonly (readonly [weight: number, make: (random: Random) => Item])[]

function choose<Item>(random: Random, weighted: Weighted<Item>): Item {
  let left = random.integer(weighted.reduce((sum, [weight]) => sum + weight, 0))
  for (const [weight, make] of weighted) if ((left -= weight) < 0) return make(random)
  throw new Error('unreachable')
}

const always =
  <Item>(item: Item) =>
  () =>
    item

const KEYS = ['views', 'cart', 'list', 'note', 'deep.er'] as const
const VALUES = [1, 'text', null, true, [1, 2], { a: { b: 1 } }, '', 0] as const

const operation: Weighted<Operation> = [
  [8, always(['see'])],
  [4, (random) => ['read', random.pick(['views', 'cart', 'list'])]],
  [10, (random) => ['set', random.pick(KEYS), random.pick(VALUES)]],
  [6, always(['count', 'views'])],
  [4, always(['push', 'items', 'x'])],
  [4, (random) => ['remove', random.pick(['views', 'cart', 'note'])]],
  [1, always(['setToNull'])],
  [1, always(['deleteSession'])],
  [2, (random) => ['cookie', 'maxAge', random.pick([1000, 60_000, null, 0])]],
  [1, (random) => ['cookie', 'expires', random.pick<Spec>([{ $date: 5000 }, false, null])]],
  [1, (random) => ['cookie', random.pick(['secure', 'httpOnly', 'partitioned']), random.pick([true, false])]],
  [1, (random) => ['cookie', 'path', random.pick(['/', '/app'])]],
  [1, (random) => ['cookie', 'sameSite', random.pick(['lax', 'strict', true])]],
  [1, (random) => ['cookie', 'priority', random.pick(['low', 'high'])]],
  [1, always(['seeCookie'])],
  [1, always(['seeShape'])],
  [3, always(['touch'])],
  [1, always(['resetMaxAge'])],
  [4, always(['save'])],
  [2, always(['saveAway'])],
  [4, always(['reload'])],
  [4, always(['regenerate'])],
  [3, always(['destroy'])],
  [1, always(['destroyAway'])],
  [1, always(['storeGet'])],
  [1, always(['storeLoad'])],
  [1, always(['storeTouch'])],
  [1, always(['storeGenerate'])],
  [1, always(['seeHead'])],
  [1, (random) => ['header', 'X-Own', random.pick(['1', '2'])]],
  [1, always(['turn'])],
]

const answer: Weighted<Request['answer']> = [
  [10, always(['text', 'text'])],
  [4, always(['end'])],
  [2, always(['buffer', 'bytes'])],
  [2, always(['encoded', '68656c6c6f', 'hex'])],
  [2, always(['callback', 'text'])],
  [3, always(['writeEnd', 'one', 'two'])],
  [2, always(['writeThenText', 'one', 'two'])],
  [2, always(['writeSlowly', 'one', 'two'])],
  [2, always(['writeHead', 201, { 'X-One': '1' }, 'text'])],
  [1, always(['writeHeadList', 200, ['X-One', '1'], 'text'])],
  [1, always(['flushThenText', 'text'])],
  [3, always(['lengthText', 'text'])],
  [1, always(['lengthWrites', 'one', 'two'])],
  [1, always(['lengthZero'])],
  [2, always(['pipe', 'one', 'two'])],
  [1, always(['status', 204])],
  [1, always(['status', 304])],
  [1, always(['ownCookies', ['own=1', 'other=2'], 'text'])],
  [1, always(['headCookie', 'own=1', 'text'])],
  [1, always(['endTwice', 'text'])],
  [1, always(['throwNow'])],
  [1, always(['nextError', 'refused'])],
  [1, always(['later', 'text'])],
]

const expressAnswer: Weighted<Request['answer']> = [
  [50, (random) => choose(random, answer)],
  [3, always(['send', 'text'])],
  [3, always(['json', { a: 1 }])],
  [3, always(['redirect', 302, '/'])],
]

const cookie: Weighted<CookieChoice> = [
  [30, always('jar')],
  [3, always('none')],
  [2, (random) => ({ earlier: random.integer(3) })],
  [1, (random) => ({ forged: random.pick<Forgery>(['unsigned', 'badSignature', 'otherSecret', 'unknownId', 'withOthers', 'quoted']) })],
  [1, (random) => ({ raw: random.pick(['', 'connect.sid=garbage', 'connect.sid=s%3Ax.y', 'other=1']) })],
]

function request(random: Random, answers: Weighted<Request['answer']>): Request {
  const made: Request = {
    operations: Array.from({ length: random.integer(5) }, () => choose(random, operation)),
    answer: choose(random, answers),
    cookie: choose(random, cookie),
    method: random.pick(['GET', 'GET', 'GET', 'POST', 'HEAD']),
    path: random.pick(['/', '/', '/', '/app', '/app/page']),
  }
  return random.chance(4) ? { ...made, headers: { 'x-forwarded-proto': random.pick(['https', 'http']) } } : made
}

/** Two requests of one session, of which the second begins and ends while the first is in its handler. */
function together(random: Random, answers: Weighted<Request['answer']>): Step {
  const [slow, quick] = [request(random, answers), request(random, answers)]
  const split = random.integer(slow.operations.length + 1)
  const gated: readonly Operation[] = [...slow.operations.slice(0, split), ['open', 'slow is in'], ['wait', 'quick is over'], ...slow.operations.slice(split)]
  return {
    together: [
      { ...slow, cookie: 'jar', operations: gated },
      { ...quick, cookie: 'jar', answer: ['opening', 'quick is over', 'quick'], after: 'slow is in' },
    ],
  }
}

function stepsOf(answers: Weighted<Request['answer']>, fails: boolean): Weighted<Step> {
  const steps: Weighted<Step> = [
    [30, (random) => ({ request: request(random, answers) })],
    [3, (random) => ({ advance: random.pick([1, 1000, 5000, 61_000, 3_600_000]) })],
    [3, (random) => together(random, answers)],
  ]
  if (!fails) return steps
  return [
    ...steps,
    [4, (random) => ({ fail: { method: random.pick(['get', 'set', 'destroy', 'touch']), how: random.pick(['error', 'enoent', 'text', 'null']) } })],
    [1, always({ emit: 'disconnect' })],
    [2, always({ emit: 'connect' })],
  ]
}

const option: readonly (readonly [name: string, values: readonly Spec[]])[] = [
  ['resave', [true, false, false]],
  ['saveUninitialized', [true, false]],
  ['rolling', [true, false, false]],
  ['unset', ['destroy', 'keep']],
  ['proxy', [true, false]],
  ['secret', ['keyboard cat', ['new', 'old'], { $buffer: 'bytes' }]],
  ['name', ['connect.sid', 'connect.sid', 'sid']],
  ['genid', ['counter']],
  [
    'cookie',
    [
      {},
      { maxAge: 60_000 },
      { maxAge: 4000, httpOnly: false },
      { secure: 'auto', sameSite: 'auto' },
      { secure: true },
      { path: '/app', maxAge: 5000 },
      { $byRequest: true },
      { domain: 'example.com', sameSite: 'strict', partitioned: true, priority: 'high' },
    ],
  ],
]
const ALWAYS = ['resave', 'saveUninitialized', 'secret']

export function randomSequence(random: Random, title: string): Sequence {
  const options: { [name: string]: Spec } = {}
  for (const [name, values] of option) if (ALWAYS.includes(name) || random.chance(name === 'genid' ? 12 : 3)) options[name] = random.pick(values)
  const store = random.pick<StoreKind>(['memory', 'legacy', 'legacy', 'legacyWithoutTouch', 'legacySync'])
  const kind = random.pick(['express5', 'express4', 'node'] as const)
  const steps = stepsOf(kind === 'node' ? answer : expressAnswer, store !== 'memory' && random.chance(4))
  return {
    title,
    options,
    store,
    application: { kind, ...(random.chance(4) ? { trustProxy: random.chance(2) } : {}), ...(random.chance(12) ? { mount: '/app' } : {}) },
    steps: Array.from({ length: random.between(2, 7) }, () => choose(random, steps)),
  }
}
