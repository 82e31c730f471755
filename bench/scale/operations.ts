import assert from 'node:assert/strict'
import { type Quantiles, quantilesOf } from './quantiles.ts'
import type { Population } from './rows.ts'
import type { Subject } from './subject.ts'

const SAMPLES = 2000
const WARM_UP = 200

export interface Operations {
  readonly baseline: Quantiles
  readonly find: Quantiles
  readonly update: Quantiles
  readonly listByUser: Quantiles
}

/** Does the operations of requests to random rows, one at a time, each round with the baseline before, so that a slow machine shows there too. */
export async function measured({ store, baseline }: Subject, population: Population, rows: number): Promise<Operations> {
  const times = { baseline: [] as number[], find: [] as number[], update: [] as number[], listByUser: [] as number[] }
  const timed = async <Result>(operation: keyof typeof times, work: () => Promise<Result>): Promise<Result> => {
    const start = performance.now()
    const result = await work()
    times[operation].push(performance.now() - start)
    return result
  }
  for (let round = -WARM_UP; round < SAMPLES; round++) {
    if (round === 0) for (const list of Object.values(times)) list.length = 0
    const wanted = population.row(loginAmong(population, rows))
    await timed('baseline', baseline)
    const row = await timed('find', async () => store.find(wanted.id))
    assert.ok(row)
    // As a use is noted: the deadline moves, the payload stays about as long as it was.
    const [head = '', data] = row.payload.split('\n')
    const payload = `${JSON.stringify({ ...JSON.parse(head), seenAt: Date.now() })}\n${data}`
    const used = { ...row, expiresAt: row.expiresAt + 60_000, payload }
    assert.equal(await timed('update', () => store.update(used)), true)
    const ofUser = await timed('listByUser', () => store.listByUser(String(row.userId)))
    assert.ok(ofUser.length >= 1 && ofUser.length <= 3)
  }
  return {
    baseline: quantilesOf(times.baseline),
    find: quantilesOf(times.find),
    update: quantilesOf(times.update),
    listByUser: quantilesOf(times.listByUser),
  }
}

/** Throws unless the store finds some of the rows from the one number to the other just as it would have written them. */
export async function verified({ store }: Subject, population: Population, from: number, to: number): Promise<void> {
  for (let round = 0; round < 100; round++) {
    const row = population.row(from + Math.floor(Math.random() * (to - from)))
    assert.deepEqual(await store.find(row.id), row)
  }
}

function loginAmong(population: Population, rows: number): number {
  for (;;) {
    const number = Math.floor(Math.random() * rows)
    if (population.isLogin(number)) return number
  }
}
