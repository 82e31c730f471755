import { numberArgument } from '../random.ts'
import { playModel } from './commands.ts'

const runs = numberArgument('runs', 100_000)
const seed = numberArgument('seed', Date.now() % 1_000_000)
const at = process.argv.indexOf('--on')
console.log(`Model test: ${runs} runs, seed ${seed} (repeat with --seed ${seed})`)
if (at === -1) {
  const outcome = await playModel(runs, seed)
  if (outcome.violation) console.log(outcome.violation)
  console.log(`runs ${outcome.runs}, commands ${outcome.commands}, violations ${outcome.violation ? 1 : 0}`)
  process.exitCode = outcome.violation ? 1 : 0
} else {
  const { playOnEngines } = await import('./engine-runs.ts') // The drivers take a while to load.
  process.exitCode = await playOnEngines(process.argv[at + 1] ?? '', runs, seed)
}
