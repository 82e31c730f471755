import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SessionRow } from 'instar'
import { memoryStore } from 'instar/stores/memory'
import { TestClock } from 'instar/testing'

const row = (id: string, fields: Partial<SessionRow> = {}): SessionRow => ({
  id,
  userId: null,
  secretHash: 'h',
  version: 1,
  expiresAt: 1e15,
  endsAt: 1e15,
  payload: '',
  ...fields,
})

test('when full, tombstones give way first, then anonymous rows, the oldest first; a login never', async () => {
  const store = memoryStore({ maxRows: 4 })
  for (const made of [row('login 1', { userId: 'ann' }), row('anonymous 1'), row('anonymous 2'), row('retired', { userId: 'ann' })]) await store.create(made)
  await store.update(row('retired', { secretHash: '' }))
  const left = async (): Promise<string[]> => {
    const found = await Promise.all(['login 1', 'anonymous 1', 'anonymous 2', 'retired', 'login 2', 'login 3', 'login 4'].map((id) => store.find(id)))
    return found.flatMap((made) => made?.id ?? [])
  }
  await store.create(row('login 2', { userId: 'ann' }))
  assert.deepEqual(await left(), ['login 1', 'anonymous 1', 'anonymous 2', 'login 2'])
  await store.create(row('login 3', { userId: 'bob' }))
  assert.deepEqual(await left(), ['login 1', 'anonymous 2', 'login 2', 'login 3'])
  await store.create(row('login 4', { userId: 'bob' }))
  await assert.rejects(store.create(row('login 5', { userId: 'bob' })), { code: 'store_full' })
  assert.deepEqual(await left(), ['login 1', 'login 2', 'login 3', 'login 4'])
  await store.delete('login 1')
  await store.create(row('login 5', { userId: 'bob' }))
})

test('when full, what has expired makes room before anything gives way', async () => {
  const clock = new TestClock()
  const store = memoryStore({ maxRows: 2, now: clock.now })
  await store.create(row('login', { userId: 'ann', expiresAt: clock.time + 1000 }))
  await store.create(row('anonymous'))
  clock.advance(2000)
  await store.create(row('new', { userId: 'bob' }))
  assert.equal((await store.find('anonymous'))?.id, 'anonymous')
})

test('expired rows make room by themselves, without a timer', async () => {
  const clock = new TestClock()
  const store = memoryStore({ maxRows: 100, now: clock.now })
  for (let n = 0; n < 100; n++) await store.create(row(`login ${n}`, { userId: 'ann', expiresAt: clock.time + 1000 }))
  clock.advance(61_000)
  await store.create(row('new', { userId: 'bob' }))
  assert.equal(await store.deleteAll(), 1)
})
