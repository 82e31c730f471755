import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { test } from 'node:test'
import { Gate } from '../src/gate.ts'
import { hashPassword, verifyPassword } from '../src/passwords.ts'

/** Counts the derivations that run, and lets each end in a later turn of the event loop. */
function countedScrypt() {
  const count = { running: 0, most: 0, all: 0 }
  const scrypt = (...args: unknown[]): void => {
    const end = args.at(-1) as (error: Error | null, key: Buffer) => void
    count.all++
    count.most = Math.max(count.most, ++count.running)
    setImmediate(() => {
      count.running--
      end(null, Buffer.alloc(32, 1))
    })
  }
  return { count, scrypt }
}

test('of forty logins at once two are worked on, twenty wait, and the rest is told that the server is busy, for every name', async (context) => {
  const { count, scrypt } = countedScrypt()
  context.mock.method(crypto, 'scrypt', scrypt as unknown as typeof crypto.scrypt)
  syncBuiltinESMExports()
  context.after(syncBuiltinESMExports)

  const hash = await hashPassword('password')
  const attempts = Array.from({ length: 40 }, (_, at) => verifyPassword('password', at % 2 === 0 ? hash : undefined))
  const outcomes = await Promise.allSettled(attempts)
  const refusals = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => `${reason.status} ${reason.expose} ${reason.message}`)
  assert.equal(refusals.length, 18)
  assert.deepEqual([...new Set(refusals)], ['503 true The server is busy. Please try again in a moment.'])
  outcomes.slice(0, 22).forEach((outcome, at) => {
    assert.deepEqual(outcome, { status: 'fulfilled', value: at % 2 === 0 })
  })
  assert.deepEqual(count, { running: 0, most: 2, all: 23 })
  assert.equal(await verifyPassword('password', hash), true)
})

test('the gate goes on after a task that fails, first come first served', async () => {
  const gate = new Gate({ atOnce: 1, waiting: 2, refusal: () => new Error('full') })
  const begun: number[] = []
  const task = (id: number) =>
    gate.run(async () => {
      begun.push(id)
      if (id === 1) throw new Error('failed')
      return id
    })
  const outcomes = await Promise.allSettled([task(1), task(2), task(3), task(4)])
  assert.deepEqual(begun, [1, 2, 3])
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason.message)),
    ['failed', 2, 3, 'full'],
  )
  assert.equal(await task(5), 5)
})
