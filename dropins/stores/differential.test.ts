import { deepEqual, ok } from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { leftOut } from '../../examples/full-stack/support.ts'
import { Random } from '../../packages/instar/test/random.ts'
import { hasExtra } from '../../scripts/extras.ts'
import { report } from '../differential/compare.ts'
import { randomSequence } from '../differential/generate.ts'
import { onStore } from '../differential/on-store.ts'
import { Play } from '../differential/play.ts'
import { scripted } from '../differential/scripted/index.ts'
import { openEngines } from './engines.ts'
import { stores } from './open-store.ts'

// The sequences of the differential test, with the stores that people have doing the storing. Each store plays a third of what is written down, so that each sequence is
// played on two of the six; `node dropins/differential/run.ts --store NAME` plays all of them.

const PARTS = 3
const LEAST = 300
const RANDOM = 30
const SEED = 20_261_122
/** How many stores play at once. Each has two processes, which mostly wait. */
const AT_ONCE = 3

const engines = hasExtra('dropins') ? await openEngines() : undefined
after(() => engines?.stop())

describe('beside express-session, on the stores that people have', { skip: leftOut('dropins'), concurrency: AT_ONCE }, () => {
  for (const [place, name] of Object.keys(stores).entries()) {
    test(`on ${name} the two differ in what is on the lists alone`, { skip: !engines?.has(name) }, async () => {
      const written = [...onStore(name, Object.values(scripted).flat())].filter((_, at) => at % PARTS === place % PARTS)
      ok(written.length >= LEAST, `${written.length} sequences`)
      const random = new Random(SEED + place)
      const byChance = onStore(
        name,
        Array.from({ length: RANDOM }, (_, at) => randomSequence(random, `random ${at} of seed ${SEED + place}`)),
      )
      const play = await new Play().open({ store: { name, where: (engines as NonNullable<typeof engines>).where } })
      const unexplained: string[] = []
      try {
        for (const sequence of [...written, ...byChance]) unexplained.push(...(await play.compare(sequence)).unexplained.map(report))
      } finally {
        await play.close()
      }
      deepEqual(unexplained, [])
    })
  }
})
