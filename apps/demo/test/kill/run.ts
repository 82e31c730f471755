import { parseArgs } from 'node:util'
import { attack } from './attack.ts'

const { values } = parseArgs({ options: { runs: { type: 'string', default: '100' }, seed: { type: 'string', default: String(Date.now() % 1_000_000) } } })
const [runs, seed] = [Number(values.runs), Number(values.seed)]
if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed)) throw new TypeError('--runs takes a whole number from 1, --seed a whole number.')

console.log(`Killing the demo ${runs} times, seed ${seed}.`)
const { answers, logins, compared, violations } = await attack({ runs, seed })
for (const violation of violations) console.error(violation)
console.log(
  `${runs} runs, ${answers} answers, ${logins} logins answered, ${compared} sessions compared after a restart, ${violations.length} violations. Seed ${seed}.`,
)
process.exitCode = violations.length === 0 ? 0 : 1
