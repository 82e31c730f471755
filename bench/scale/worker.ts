// Measures one engine in a process of its own, and sends the result to the process that started it.
import { ENGINES } from './engines.ts'
import { measured, type Operations, verified } from './operations.ts'
import { type Purge, purged } from './purge.ts'
import { HALF_EXPIRED, populationOf } from './rows.ts'

export interface Result {
  readonly versions: string
  readonly setup: string
  readonly payloadBytes: number
  readonly sizes: { readonly [rows: string]: { readonly bytesPerRow: number } & Operations }
  /** Not where the engine removes by itself what has expired. */
  readonly purge?: Purge
}

const AT_ONCE = 5000

const [name = '', ...args] = process.argv.slice(2)
const steps = args.map(Number)
const largest = steps.at(-1) ?? 0
const start = Date.now()
const clock = { ahead: 0 }
const now = (): number => Date.now() + clock.ahead
const population = await populationOf(steps, start)
const engine = ENGINES[name]
if (!engine) throw new Error(`There is no engine ${name}.`)
const subject = await engine.open(now, largest)

try {
  await subject.settle()
  const empty = await subject.bytes()
  const sizes: { [rows: string]: { bytesPerRow: number } & Operations } = {}
  let written = 0
  let payloads = 0
  let expired = 0
  for (const size of steps) {
    const from = written
    while (written < size) {
      const rows = Array.from({ length: Math.min(AT_ONCE, size - written) }, (_, n) => population.row(written + n))
      await subject.fill(rows)
      for (const { payload } of rows) payloads += Buffer.byteLength(payload)
      for (let n = 0; n < rows.length; n++) if (population.isFirst(written + n)) expired++
      written += rows.length
    }
    await subject.settle()
    const bytesPerRow = Math.round(((await subject.bytes()) - empty) / size)
    await verified(subject, population, from, size)
    sizes[size] = { bytesPerRow, ...(await measured(subject, population, size)) }
    console.error(`${name}: ${size} rows`)
  }
  const purge = engine.expiresByItself ? undefined : await purged(subject, now, () => (clock.ahead = HALF_EXPIRED), expired, engine.sweepsByItself === true)
  const { versions, setup } = subject
  const result: Result = { versions, setup, payloadBytes: Math.round(payloads / written), sizes, ...(purge && { purge }) }
  process.send?.(result)
} finally {
  await subject.close()
  process.disconnect()
}
