import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Gate } from './server/gate.ts'

test('a gate lets nobody through before all are there, and everybody when it is not closed', async () => {
  const gate = new Gate()
  await gate.pass()
  gate.close(3)
  let through = 0
  const passing = [1, 2].map(() => gate.pass().then(() => through++))
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(through, 0)
  await gate.pass()
  await Promise.all(passing)
  assert.equal(through, 2)
  await gate.pass()
})
