import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Json, SessionManager, type SessionRow } from 'instar'
import { memoryStore } from 'instar/stores/memory'
import { createTestSession } from 'instar/testing'

test('a rolling deployment: the payload of the next version is read, and what this one does not know of it survives a write', async () => {
  const store = memoryStore()
  const sessions = new SessionManager<{ [key: string]: Json }>({ store })
  const { cookie, handle } = await createTestSession(sessions, { userId: 'ann', data: { cart: ['tea'] } })
  const row = (await store.find(handle)) as SessionRow
  const [head = '', data] = row.payload.split('\n')
  const ahead = { ...JSON.parse(head), v: 3, novelty: { kept: true } }
  await store.update({ ...row, payload: `${JSON.stringify(ahead)}\n${data}` })

  const session = await sessions.open({ method: 'GET', url: 'https://x.example/', headers: new Headers({ cookie }) })
  assert.deepEqual([session.userId, session.get('cart')], ['ann', ['tea']])
  session.set('cart', ['tea', 'cake'])
  await session.commit({ status: 200 })
  const [written = '', cart] = (await store.find(handle))?.payload.split('\n') ?? []
  const { v, novelty, keys } = JSON.parse(written)
  assert.deepEqual([v, novelty, keys, cart], [3, { kept: true }, [['cart', 14]], '["tea","cake"]'])
})

test('a rolling deployment: the payload of the version before is read', async () => {
  const store = memoryStore()
  const sessions = new SessionManager<{ [key: string]: Json }>({ store })
  const { cookie, handle } = await createTestSession(sessions, { userId: 'ann', data: { cart: ['tea'] } })
  const row = (await store.find(handle)) as SessionRow
  // The version before had the data in the same JSON text as the rest.
  const { keys: _, ...head } = JSON.parse(row.payload.split('\n')[0] as string)
  await store.update({ ...row, payload: JSON.stringify({ ...head, v: 1, data: { cart: ['tea'] } }) })
  const open = () => sessions.open({ method: 'GET', url: 'https://x.example/', headers: new Headers({ cookie }) })
  const session = await open()
  assert.deepEqual([session.userId, session.get('cart')], ['ann', ['tea']])
  session.set('n', 1)
  await session.commit({ status: 200 })
  assert.match((await store.find(handle))?.payload as string, /"v":2,.*\n\["tea"\]1$/)
  assert.deepEqual([(await open()).get('cart'), (await open()).get('n')], [['tea'], 1])
})

test('a value is parsed when it is asked for alone: one that is damaged stands in the way of no other, and is quoted nowhere', async () => {
  const store = memoryStore()
  const sessions = new SessionManager<{ [key: string]: Json }>({ store })
  const { cookie, handle } = await createTestSession(sessions, { userId: 'ann', data: { cart: ['tea'], secret: 'of ann', n: 1 } })
  const row = (await store.find(handle)) as SessionRow
  await store.update({ ...row, payload: row.payload.replace('"of ann"', '"of ann!') })
  const session = await sessions.open({ method: 'GET', url: 'https://x.example/', headers: new Headers({ cookie }) })
  assert.deepEqual([session.get('cart'), session.get('n')], [['tea'], 1])
  assert.throws(
    () => session.get('secret'),
    (error: Error & { code: string }) => error.code === 'row_unreadable' && !error.message.includes('of ann') && error.cause === undefined,
  )
  session.set('secret', 'of bob')
  await session.commit({ status: 200 })
  assert.match((await store.find(handle))?.payload as string, /\["tea"\]"of bob"1$/)
})

test('sizes that do not fit, and keys that objects have, open nothing and change nothing', async () => {
  const store = memoryStore()
  const sessions = new SessionManager<{ [key: string]: Json }>({ store })
  const { cookie, handle } = await createTestSession(sessions, { userId: 'ann', data: { ['__proto__']: 1, constructor: 2 } })
  const open = () => sessions.open({ method: 'GET', url: 'https://x.example/', headers: new Headers({ cookie }) })
  const session = await open()
  assert.deepEqual([session.get('__proto__'), session.get('constructor'), session.get('toString')], [1, 2, undefined])
  const row = (await store.find(handle)) as SessionRow
  await store.update({ ...row, payload: `${row.payload} ` })
  await assert.rejects(open(), { code: 'row_unreadable' })
  const [head = '', data] = row.payload.split('\n')
  const length = (data ?? '').length
  for (const [at, keys] of [
    undefined,
    null,
    'keys',
    [1],
    [[1, length]],
    [
      ['a', length + 1],
      ['b', -1],
    ],
    [
      ['a', length / 2 + 0.5],
      ['b', length / 2 - 0.5],
    ],
  ].entries()) {
    const { version } = (await store.find(handle)) as SessionRow
    await store.update({ ...row, version, payload: `${JSON.stringify({ ...JSON.parse(head), keys })}\n${data}` })
    await assert.rejects(open(), { code: 'row_unreadable' }, `sizes ${at}`)
  }
})
