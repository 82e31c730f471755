import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attack } from './kill/attack.ts'

test('a process that is killed loses nothing that it has answered', async () => {
  const { answers, compared, violations } = await attack({ runs: 5, seed: 20_251 })
  assert.deepEqual(violations, [])
  assert.ok(answers >= 5 && compared > 0)
})
