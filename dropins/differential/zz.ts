import { Random } from '/work/main/packages/instar/test/random.ts'
import { randomSequence } from '/work/main/dropins/differential/generate.ts'
import { Stage } from '/work/main/dropins/differential/observe.ts'
import { original } from '/work/main/dropins/differential/subjects.ts'
const stage = await new Stage().open()
const random = new Random(1)
const why = {}
for (let i = 0; i < 200; i++) {
  const s = randomSequence(random, 'x')
  const o = await stage.run(s, original())
  for (const [k, step] of o.steps.entries()) for (const e of step.exchanges) for (const l of e.answer) if (l.startsWith('failure') && l.includes('no answer')) console.log(i, JSON.stringify(s.options), JSON.stringify(s.application), s.store, JSON.stringify(s.steps.filter(x=>x.request||x.together)[k]), JSON.stringify(step.exchanges), step.uncaught)
}
await stage.close()
