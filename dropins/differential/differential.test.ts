import { deepEqual, equal, ok } from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { leftOut } from '../../examples/full-stack/support.ts'
import { Random } from '../../packages/instar/test/random.ts'
import { report } from './compare.ts'
import { differences, differencesTable } from './differences.ts'
import { randomSequence } from './generate.ts'
import { Play } from './play.ts'
import { scripted } from './scripted/index.ts'
import type { Sequence } from './sequence.ts'

const RANDOM = 300
const SEED = 20_261_122

describe('beside express-session', { skip: leftOut('dropins') }, () => {
  const used = new Set<string>()
  let play: Play
  before(async () => {
    play = await new Play().open()
  })
  after(() => play?.close())

  async function unexplained(sequences: Iterable<Sequence>): Promise<string[]> {
    const reports: string[] = []
    for (const sequence of sequences) {
      const comparison = await play.compare(sequence)
      for (const id of comparison.used) used.add(id)
      reports.push(...comparison.unexplained.map(report))
    }
    return reports
  }

  for (const [theme, sequences] of Object.entries(scripted)) {
    test(`${sequences.length} sequences about ${theme} differ in what is on the list alone`, async () => deepEqual(await unexplained(sequences), []))
  }

  test(`${RANDOM} random sequences too`, async () => {
    const random = new Random(SEED)
    const sequences = Array.from({ length: RANDOM }, (_, at) => randomSequence(random, `random ${at} of seed ${SEED}`))
    deepEqual(await unexplained(sequences), [])
  })

  test('the original does not differ from itself', async () => {
    const mirror = await new Play().open({ isMirror: true })
    try {
      const random = new Random(SEED)
      for (let at = 0; at < RANDOM; at++) {
        const { unexplained: found, used: none } = await mirror.compare(randomSequence(random, `random ${at}`))
        deepEqual([found.map(report), [...none]], [[], []])
      }
    } finally {
      await mirror.close()
    }
  })

  test('there are at least 300 sequences, each with a title of its own, and every entry of the list is of use', () => {
    const titles = Object.values(scripted).flatMap((sequences) => sequences.map(({ title }) => title))
    ok(titles.length >= 300)
    equal(new Set(titles).size, titles.length)
    deepEqual(
      differences.map(({ id }) => id).filter((id) => !used.has(id)),
      [],
    )
    equal(differencesTable().split('\n').length, differences.length + 2)
  })
})
