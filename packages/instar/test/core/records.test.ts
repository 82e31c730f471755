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
  const ahead = { ...JSON.parse(row.payload), v: 2, novelty: { kept: true } }
  await store.update({ ...row, payload: JSON.stringify(ahead) })

  const session = await sessions.open({ method: 'GET', url: 'https://x.example/', headers: new Headers({ cookie }) })
  assert.deepEqual([session.userId, session.get('cart')], ['ann', ['tea']])
  session.set('cart', ['tea', 'cake'])
  await session.commit({ status: 200 })
  const written = JSON.parse((await store.find(handle))?.payload as string)
  assert.deepEqual([written.v, written.novelty, written.data.cart], [2, { kept: true }, ['tea', 'cake']])
})

test('a rolling deployment: the payload of the version before is read', async () => {
  const store = memoryStore()
  const sessions = new SessionManager<{ [key: string]: Json }>({ store })
  const { cookie, handle } = await createTestSession(sessions, { userId: 'ann', data: { cart: ['tea'] } })
  const row = (await store.find(handle)) as SessionRow
  await store.update({ ...row, payload: JSON.stringify({ ...JSON.parse(row.payload), v: 0 }) })
  assert.equal((await sessions.open({ method: 'GET', url: 'https://x.example/', headers: new Headers({ cookie }) })).userId, 'ann')
})
