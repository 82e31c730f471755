import { fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { engineParts } from '@instar/engines'
import { ENGINES } from './engines.ts'
import { reportOf } from './report.ts'
import type { Result } from './worker.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    on: { type: 'string', default: '' },
    record: { type: 'boolean', default: false },
  },
})
const rows = Number(values.rows)
if (!Number.isSafeInteger(rows) || rows < 1000) throw new TypeError('--rows takes a whole number from 1000.')
if (values.record && values.on) throw new TypeError('--record is for all engines, so it goes without --on.')
const chosen = Object.entries(ENGINES).filter(([name]) => name.includes(values.on))
if (chosen.length === 0) throw new TypeError(`No engine has ${JSON.stringify(values.on)} in its name. They are: ${Object.keys(ENGINES).join(', ')}.`)

const parts = new Map(engineParts().map((part) => [part.name, part]))
const results: { [name: string]: Result } = {}
const start = performance.now()
let isWhole = true
for (const [name, { needs, most = rows }] of chosen) {
  const part = needs && parts.get(needs)
  if (part && part.path === undefined) {
    isWhole = false
    console.log(`${name}: left out. ${part.mend}\n`)
    continue
  }
  const largest = Math.min(rows, most)
  const result = await measuredApart(name, [...[1_000, 100_000, 1_000_000].filter((size) => size < largest), largest])
  results[name] = result
  console.log(`${name} (${result.versions}; ${result.setup})\n${reportOf(result)}\n`)
}
console.log(`${Math.round((performance.now() - start) / 1000)} s`)

if (values.record && isWhole) {
  const file = fileURLToPath(new URL('../figures/scale.json', import.meta.url))
  const command = `npm run scale -- --rows ${rows} --record`
  const figures = { command, date: new Date().toISOString(), cores: availableParallelism(), unit: 'microseconds', engines: results }
  writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`)
  console.log(`Written to ${relative(process.cwd(), file)}`)
} else if (values.record) console.error('Nothing is recorded, because engines were left out.')

/** Measures in a process of its own, so that no engine's heap weighs on another. */
async function measuredApart(name: string, steps: readonly number[]): Promise<Result> {
  const worker = fork(fileURLToPath(new URL('./worker.ts', import.meta.url)), [name, ...steps.map(String)], {
    execArgv: ['--conditions=instar-source', '--expose-gc', '--max-old-space-size=8192'],
  })
  return new Promise((resolve, reject) => {
    let result: Result | undefined
    worker.once('message', (message: Result) => (result = message))
    worker.once('exit', (code) => (result && code === 0 ? resolve(result) : reject(new Error(`${name} failed with code ${code}.`))))
  })
}
