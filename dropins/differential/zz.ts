import { writeSync } from 'node:fs'
import { Random } from '../../packages/instar/test/random.ts'
import { report } from './compare.ts'
import { randomSequence } from './generate.ts'
import { Play } from './play.ts'

const play = await new Play().open({ isMirror: process.argv.includes('--mirror') })
const [from, to] = process.argv.slice(2).map(Number)
const random = new Random(1)
for (let i = 0; i < to; i++) {
  const s = randomSequence(random, `random ${i}`)
  if (i < from) continue
  const t = performance.now()
  writeSync(1, `${i} `)
  if (to - from === 1) writeSync(1, JSON.stringify(s) + '\n')
  const c = await play.compare(s)
  if (performance.now() - t > 900) writeSync(1, `SLOW ${performance.now() - t} `)
  for (const f of c.unexplained) if (to - from === 1) console.log(report(f))
}
await play.close()
