import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { InstarError, type Json, type Session, SessionManager, type SessionManagerOptions, type SessionRow, type SessionStore } from 'instar'
import { memoryStore } from 'instar/stores/memory'
import { createTestSession, storeConformance, TestClock } from 'instar/testing'
import { checkedEncryption, sealingStore } from '../../src/core/payload-cipher.ts'

type Data = { [key: string]: Json }
type Options = Partial<SessionManagerOptions<string>>

const newKey = (): string => randomBytes(32).toString('base64url')
const manager = (store: SessionStore, options: Options = {}): SessionManager<Data, string> => new SessionManager<Data, string>({ store, ...options })
const open = (sessions: SessionManager<Data, string>, cookie: string): Promise<Session<Data, string>> =>
  sessions.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie }) })

/** A store whose rows a test can look into and tamper with, as somebody can who has the database. */
function tamperable(): { store: SessionStore; all(): Promise<SessionRow[]>; replace(row: SessionRow): void } {
  const inner = memoryStore()
  const ids = new Set<string>()
  const replaced = new Map<string, SessionRow>()
  const asStored = (row: SessionRow | undefined): SessionRow | undefined => row && (replaced.get(row.id) ?? row)
  const store: SessionStore = {
    create: async (row) => {
      await inner.create(row)
      ids.add(row.id)
    },
    find: async (id) => replaced.get(id) ?? inner.find(id),
    update: (row) => inner.update(row),
    delete: (id) => inner.delete(id),
    listByUser: async (userId) => (await inner.listByUser(userId)).map((row) => asStored(row) as SessionRow),
    deleteByUser: (userId, except) => inner.deleteByUser(userId, except),
    deleteAll: () => inner.deleteAll(),
    deleteExpired: () => inner.deleteExpired(),
  }
  const all = async (): Promise<SessionRow[]> => (await Promise.all([...ids].map((id) => store.find(id)))).filter((row) => row !== undefined)
  return { store, all, replace: (row) => replaced.set(row.id, row) }
}

for (const { title, check } of storeConformance) {
  if (title.includes('what a store was given')) continue // It is the inner store that is frozen.
  test(`encrypted: ${title}`, async () => {
    const clock = new TestClock()
    const encryption = checkedEncryption({ keys: [newKey()] })
    assert.ok(encryption)
    await check({ store: sealingStore(memoryStore({ now: clock.now }), encryption), clock })
  })
}

test('what is in an encrypted session is not in the store, and comes back', async () => {
  const { store, all } = tamperable()
  const sessions = manager(store, { encryption: { keys: [newKey()] } })
  const { cookie } = await createTestSession(sessions, { userId: 'ann', data: { card: 'Ünïcode 4111 🙂' }, device: 'Firefox on her phone' } as never)
  const [row] = await all()
  assert.ok(
    row?.payload.startsWith('enc1.') && !/4111|Firefox|card/.test(Buffer.from(row.payload.split('.')[3] ?? '', 'base64url').toString('latin1') + row.payload),
  )
  assert.equal((await open(sessions, cookie)).get('card'), 'Ünïcode 4111 🙂')
  const session = await open(sessions, cookie)
  session.set('card', 'another')
  await session.commit({ status: 200 })
  assert.equal((await open(sessions, cookie)).get('card'), 'another')
  assert.equal((await sessions.list('ann')).length, 1)
  await (await open(sessions, cookie)).logout()
  assert.equal((await open(sessions, cookie)).userId, null)
})

test('the same payload is never stored as the same text', async () => {
  const { store, all } = tamperable()
  const sessions = manager(store, { encryption: { keys: [newKey()] }, now: () => 1e12 * 1.9 })
  for (let n = 0; n < 2; n++) await createTestSession(sessions, { userId: 'ann', data: { cart: 'tea' } })
  const [first, second] = (await all()).map(({ payload }) => payload.split('.'))
  assert.notEqual(first?.[2], second?.[2])
  assert.notEqual(first?.[3]?.slice(0, 20), second?.[3]?.slice(0, 20))
})

test('keys rotate: the newest encrypts, the older ones still open, and one that is gone opens nothing and says so', async () => {
  const [first, second] = [newKey(), newKey()] as [string, string]
  const { store, all } = tamperable()
  const { cookie } = await createTestSession(manager(store, { encryption: { keys: [first] } }), { userId: 'ann', data: { cart: 'tea' } })
  const before = (await all())[0]?.payload.split('.')[1]
  const rotated = manager(store, { encryption: { keys: [second, first] } })
  const session = await open(rotated, cookie)
  assert.equal(session.get('cart'), 'tea')
  const stale = manager(store, { encryption: { keys: [newKey()] } })
  await assert.rejects(open(stale, cookie), { code: 'row_unreadable', status: 503, message: /not in encryption\.keys/ })
  assert.deepEqual(await stale.list('ann'), [], 'a list goes on without it')
  session.set('cart', 'coffee')
  await session.commit({ status: 200 })
  assert.notEqual((await all())[0]?.payload.split('.')[1], before)
  assert.equal((await open(manager(store, { encryption: { keys: [second] } }), cookie)).get('cart'), 'coffee')
  await assert.rejects(open(manager(store), cookie), { code: 'row_unreadable', message: /option encryption is not set/ })
})

test('who can write to the store, but has no key, can change nothing of an encrypted session', async () => {
  const { store, all, replace } = tamperable()
  const sessions = manager(store, { encryption: { keys: [newKey()] } })
  const { cookie } = await createTestSession(sessions, { userId: 'ann', data: { role: 'user' } })
  const { cookie: others } = await createTestSession(sessions, { userId: 'eve', data: { role: 'admin' } })
  const [row, other] = (await all()) as [SessionRow, SessionRow]
  const [mark, key, iv, bytes] = row.payload.split('.') as [string, string, string, string]
  const flipped = Buffer.from(bytes, 'base64url')
  flipped[5] = (flipped[5] as number) ^ 1
  const changes: { readonly [what: string]: SessionRow } = {
    'a bit': { ...row, payload: [mark, key, iv, flipped.toString('base64url')].join('.') },
    'the nonce': { ...row, payload: [mark, key, other.payload.split('.')[2], bytes].join('.') },
    'the payload of another row': { ...row, payload: other.payload },
    'the end of the payload': { ...row, payload: row.payload.slice(0, -4) },
    'a plain payload': { ...row, payload: '{"v":1,"createdAt":1,"data":{"role":"admin"},"proof":{"level":9,"methods":{}}}' },
    'no payload': { ...row, payload: '' },
    'odd characters': { ...row, payload: `${mark}.${key}.${iv}.${bytes}!` },
    'a later end': { ...row, endsAt: row.endsAt + 1 },
    'a later deadline': { ...row, expiresAt: row.expiresAt + 1 },
    'the version': { ...row, version: row.version + 1 },
  }
  for (const [what, changed] of Object.entries(changes)) {
    replace(changed)
    await assert.rejects(open(sessions, cookie), { code: 'row_unreadable' }, what)
  }
  replace({ ...row, userId: 'root' })
  await assert.rejects(open(sessions, cookie), { code: 'row_unreadable' }, 'another user')
  replace(row)
  assert.equal((await open(sessions, cookie)).get('role'), 'user')

  const eves = others.split('=')[1]?.split('.')[1] as string
  replace({ ...row, secretHash: other.secretHash })
  await assert.rejects(open(sessions, `${cookie.split('.')[0]}.${eves}`), { code: 'row_unreadable' }, "the hash of the attacker's own secret")
})

test('payloads of before are read with readPlain alone, and are encrypted by their next write', async () => {
  const { store, all } = tamperable()
  const { cookie } = await createTestSession(manager(store), { userId: 'ann', data: { cart: 'tea' } })
  const keys = [newKey()]
  await assert.rejects(open(manager(store, { encryption: { keys } }), cookie), { code: 'row_unreadable', message: /readPlain/ })
  const session = await open(manager(store, { encryption: { keys, readPlain: true } }), cookie)
  session.set('cart', 'coffee')
  await session.commit({ status: 200 })
  assert.ok((await all())[0]?.payload.startsWith('enc1.'))
  assert.equal((await open(manager(store, { encryption: { keys } }), cookie)).get('cart'), 'coffee')
})

test('it is switched on without logging anybody out, while old and new processes run side by side: read first, then write, then insist', async () => {
  const keys = [newKey()]
  const steps: readonly Options[] = [{}, { encryption: { keys, writePlain: true } }, { encryption: { keys, readPlain: true } }, { encryption: { keys } }]
  const { store } = tamperable()
  const { cookie } = await createTestSession(manager(store), { userId: 'ann', data: { n: 0 } })
  for (let step = 1; step < steps.length; step++) {
    for (const options of [steps[step], steps[step - 1], steps[step]] as Options[]) {
      const session = await open(manager(store, options), cookie)
      session.update('n', (n) => (n as number) + 1)
      await session.commit({ status: 200 })
    }
  }
  assert.equal((await open(manager(store, { encryption: { keys } }), cookie)).get('n'), 9)
})

test('a key that is none is refused, and never shown', () => {
  const store = memoryStore()
  const bad = ['short', randomBytes(31).toString('base64'), `${newKey()}!`, randomBytes(33).toString('base64'), 7]
  for (const keys of [[], 'k'.repeat(43), ...bad.map((key) => [newKey(), key])]) {
    assert.throws(
      () => manager(store, { encryption: { keys: keys as string[] } }),
      (error: InstarError) => error.code === 'bad_option' && ![...keys].some((key) => String(key).length > 1 && error.message.includes(String(key))),
    )
  }
  for (const encoding of ['base64', 'base64url'] as const) manager(store, { encryption: { keys: [Buffer.alloc(32, 251).toString(encoding)] } })
})

test('a session that would grow beyond the limit is refused with its size and its largest key; nothing of the write is stored', async () => {
  const store = memoryStore()
  const sessions = manager(store)
  const { cookie } = await createTestSession(sessions, { userId: 'ann', data: { cart: 'tea' } })
  const session = await open(sessions, cookie)
  session.set('small', 'x'.repeat(10_000))
  session.set('photos', 'ü'.repeat(30_000))
  await assert.rejects(Promise.resolve(session.commit({ status: 200 })), {
    code: 'payload_too_large',
    status: 500,
    message: /would hold 7\d{4} bytes, and the limit is 65536 .*'photos' with 60002/,
  })
  assert.deepEqual([(await open(sessions, cookie)).get('cart'), (await open(sessions, cookie)).has('small')], ['tea', false])
})

test('the limit holds for a new anonymous session and for what a login keeps', async () => {
  const sessions = manager(memoryStore(), { payloadLimit: 1000 })
  const anonymous = await open(sessions, '')
  anonymous.set('cart', 'x'.repeat(1000))
  await assert.rejects(Promise.resolve(anonymous.commit({ status: 200 })), { code: 'payload_too_large' })
  const login = await open(sessions, '')
  login.set('cart', 'x'.repeat(1000))
  await assert.rejects(login.login('ann', { keep: ['cart'] }), { code: 'payload_too_large', message: /'cart' with 1002/ })
  assert.deepEqual(await sessions.list('ann'), [])
  const exact = await open(sessions, '')
  exact.set('cart', 'x'.repeat(1000 - JSON.stringify({ data: { cart: '' } }).length))
  await exact.commit({ status: 200 })
  assert.ok(exact.handle)
})

test('a limit that was lowered keeps nobody from logging in with what they kept', async () => {
  const store = memoryStore()
  const { cookie } = await createTestSession(manager(store), { data: { cart: 'x'.repeat(5000) } })
  const session = await open(manager(store, { payloadLimit: 1000 }), cookie)
  await session.login('ann', { keep: ['cart'] })
  assert.equal((session.get('cart') as string).length, 5000)
})

test('a limit that was lowered logs nobody out: a session over it may be used, elevated and shrink, but not grow', async () => {
  const clock = new TestClock(Date.now())
  const store = memoryStore({ now: clock.now })
  const { cookie } = await createTestSession(manager(store, { now: clock.now }), { userId: 'ann', data: { cart: 'x'.repeat(5000) } })
  const sessions = manager(store, { payloadLimit: 1000, now: clock.now })
  clock.advance(10 * 60_000)
  await (await open(sessions, cookie)).commit({ status: 200 })
  assert.equal((await sessions.list('ann'))[0]?.lastSeenAt, clock.time)
  await (await open(sessions, cookie)).elevate({ method: 'totp' })
  const growing = await open(sessions, cookie)
  growing.set('more', 1)
  await assert.rejects(Promise.resolve(growing.commit({ status: 200 })), { code: 'payload_too_large' })
  const shrinking = await open(sessions, cookie)
  shrinking.set('cart', 'x'.repeat(4000))
  await shrinking.commit({ status: 200 })
  await (await open(sessions, cookie)).logout()
})

test('of a driver’s error the words stay; the statement, its values and the row that it carries do not', async () => {
  const secret = 'payload-of-somebody'
  const carrying = Object.assign(new Error('duplicate key value violates unique constraint'), {
    code: '23505',
    detail: `Failing row contains (${secret}).`,
    parameters: [secret],
    sql: `INSERT '${secret}'`,
    command: { name: 'evalsha', args: [secret] },
    cause: new Error(secret),
  })
  const failing = new Proxy(memoryStore(), {
    get: (target, name) => (name === 'create' ? () => Promise.reject(carrying) : Reflect.get(target, name).bind(target)),
  })
  const session = await open(manager(failing), '')
  const error = await session.login('ann').catch((thrown) => thrown)
  assert.ok(error instanceof InstarError && error.code === 'store_unavailable')
  assert.deepEqual([(error.cause as Error).message, (error.cause as { code: string }).code], [carrying.message, '23505'])
  assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(secret))
})

test('an error of several, or none at all, still says something', async () => {
  for (const [thrown, words] of [
    [new AggregateError([new Error('connect ECONNREFUSED ::1:5432'), new Error('connect ECONNREFUSED 127.0.0.1:5432')]), /::1:5432; .*127/],
    [Object.assign(new Error(''), { errors: { none: 1 } }), /no message/],
    [Object.assign(new Error(''), { errors: [null, 'a reason'] }), /null; a reason/],
    ['a text', /a text/],
    [undefined, /no message/],
  ] as const) {
    const failing = { ...tamperable().store, find: () => Promise.reject(thrown) }
    const { cookie } = await createTestSession(manager(memoryStore()), { userId: 'ann' })
    await assert.rejects(open(manager(failing), cookie), (error: InstarError) => words.test(String((error.cause as Error).message)))
  }
})
