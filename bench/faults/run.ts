import { parseArgs } from 'node:util'
import { engineParts } from '@instar/engines'
import { record } from './figures.ts'
import { summaryOf, tableOf } from './report.ts'
import { CONTROLS, nameOf, ROWS } from './rows.ts'
import { type Result, tryOut } from './trial.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '30' },
    on: { type: 'string', default: '' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    record: { type: 'boolean', default: false },
  },
})
const [rounds, seed] = [Number(values.rounds), Number(values.seed)]
if (!Number.isSafeInteger(rounds) || rounds < 1 || !Number.isSafeInteger(seed))
  throw new TypeError('--rounds takes a whole number from 1, --seed a whole number.')

const chosen = [...ROWS, ...CONTROLS].filter((row) => nameOf(row).toLowerCase().includes(values.on.toLowerCase()))
if (chosen.length === 0)
  throw new TypeError(`No row has ${JSON.stringify(values.on)} in its name. The rows are:\n${[...ROWS, ...CONTROLS].map(nameOf).join('\n')}`)

const programs = new Map(engineParts().map((part) => [part.name, part]))
const results: Result[] = []
const missing: string[] = []
const failures: string[] = []
for (const row of chosen) {
  const program = row.needs && programs.get(row.needs)
  if (program && program.path === undefined) {
    missing.push(`${nameOf(row)}: left out. ${program.mend}`)
    continue
  }
  const start = performance.now()
  try {
    const result = await tryOut(row, rounds, seed)
    results.push(result)
    failures.push(...result.failures)
    console.log(summaryOf(result), `(${((performance.now() - start) / 1000).toFixed(0)} s)`)
    if (result.failures.length > 0) for (const violation of result.violations.slice(0, 10)) console.error(`  ${violation}`)
  } catch (error) {
    failures.push(`${nameOf(row)}: could not be played to its end. ${(error as Error).message}`)
  }
}

console.log(`\n${tableOf(results)}\n\nSeed ${seed}.`)
for (const line of missing) console.log(line)
for (const failure of failures) console.error(failure)
if (values.record) console.log(`Written to ${record(results, seed)}`)

const isIncomplete = process.env['INSTAR_REQUIRE_ALL'] === '1' && missing.length > 0
process.exit(failures.length === 0 && !isIncomplete ? 0 : 1)
