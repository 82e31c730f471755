import assert from 'node:assert/strict'
import { test } from 'node:test'
import { playModel } from './commands.ts'

test('1,000 random histories of a victim, an attacker and an administrator: nobody is who they may not be', async (t) => {
  const seed = Number(process.env['INSTAR_SEED'] ?? Date.now() % 1_000_000)
  const { commands, violation } = await playModel(1_000, seed)
  t.diagnostic(`seed ${seed}, commands ${commands}`)
  assert.equal(violation, undefined, violation)
})
