import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzzHeaders } from './headers.ts'

test('20,000 generated Cookie headers: never an exception, never a session that was not sent exactly', async (t) => {
  const seed = Number(process.env['INSTAR_SEED'] ?? Date.now() % 1_000_000)
  const { opened, violations } = await fuzzHeaders(20_000, seed)
  t.diagnostic(`seed ${seed}, sessions opened ${opened}`)
  assert.deepEqual(violations, [])
  assert.ok(opened > 1_000, 'the generator still makes headers that open a session')
})
