import { numberArgument } from '../random.ts'
import { fuzzHeaders } from './headers.ts'

const count = numberArgument('headers', 1_000_000)
const seed = numberArgument('seed', Date.now() % 1_000_000)
console.log(`Cookie headers: ${count}, seed ${seed} (repeat with --seed ${seed})`)
const { headers, opened, violations } = await fuzzHeaders(count, seed)
for (const violation of violations) console.log(violation)
console.log(`headers ${headers}, sessions opened ${opened}, violations ${violations.length}`)
process.exitCode = violations.length === 0 ? 0 : 1
