import { numberArgument, Random } from '../../packages/instar/test/random.ts'
import { openEngines } from '../stores/engines.ts'
import { report, signatureOf } from './compare.ts'
import { randomSequence } from './generate.ts'
import { onStore } from './on-store.ts'
import { Play } from './play.ts'
import { scripted } from './scripted/index.ts'
import type { Sequence } from './sequence.ts'
import { shrunk } from './shrink.ts'

// Compares the drop-in with the original: node run.ts --random 10000 --seed 1. With --mirror, the original with itself; with --only TEXT, the scripted sequences whose title has it;
// with --store NAME, both on a store that people have.

const count = numberArgument('random', 0)
const seed = numberArgument('seed', Date.now() % 1_000_000)
const only = process.argv[process.argv.indexOf('--only') + 1]
const store = process.argv.includes('--store') ? process.argv[process.argv.indexOf('--store') + 1] : undefined
const isMirror = process.argv.includes('--mirror')
const isFiltered = process.argv.includes('--only')
/** Kinds of differences of which an example is printed. */
const SHOWN = 100
const SLOW_MS = 2000

const engines = store === undefined ? undefined : await openEngines()
const play = await new Play().open({ isMirror, ...(engines && { store: { name: store as string, where: engines.where } }) })
const playable = (sequences: Iterable<Sequence>): Iterable<Sequence> => (store === undefined ? sequences : onStore(store, sequences))
const random = new Random(seed)
const begin = performance.now()
const used = new Map<string, number>()
let compared = 0
let cut = 0
let failed = 0
const kinds = new Map<string, number>()

async function take(sequence: Sequence): Promise<void> {
  const start = performance.now()
  const comparison = await play.compare(sequence)
  if (performance.now() - start > SLOW_MS) console.log(`${sequence.title}: ${Math.round(performance.now() - start)} ms`)
  compared++
  if (comparison.isCut) cut++
  for (const id of comparison.used) used.set(id, (used.get(id) ?? 0) + 1)
  if (comparison.unexplained.length === 0) return
  failed++
  for (const found of comparison.unexplained) {
    const kind = signatureOf(found)
    const times = (kinds.get(kind) ?? 0) + 1
    kinds.set(kind, times)
    if (times === 1 && kinds.size <= SHOWN) console.log(report(found))
  }
}

if (count === 0 || isFiltered) {
  for (const sequence of playable(Object.values(scripted).flat())) if (!isFiltered || sequence.title.includes(only as string)) await take(sequence)
} else {
  console.log(`Random sequences: ${count}, seed ${seed} (repeat with --seed ${seed})`)
  const sequences = Array.from({ length: count }, (_, at) => randomSequence(random, `random ${at} of seed ${seed}`))
  for (const sequence of playable(sequences)) {
    const before = failed
    await take(sequence)
    if (failed > before && failed <= 3) console.log(JSON.stringify(await shrunk(sequence, play)))
  }
}
for (const [kind, times] of kinds) console.log(`${times} times ${kind}`)
for (const [id, times] of [...used].sort(([, one], [, other]) => other - one)) console.log(`${id}: ${times} sequences`)
console.log(
  `sequences ${compared}, different in a way that is not on the list ${failed}, compared in part ${cut}, ${((performance.now() - begin) / 1000).toFixed(1)} s`,
)
await play.close()
await engines?.stop()
process.exitCode = failed === 0 ? 0 : 1
