import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { chosenBy } from './choice.ts'
import { FULL, QUICK } from './effort.ts'
import { measured } from './measure.ts'
import { installPeers } from './peers.ts'
import { pageOf } from './report/page.ts'
import { textOf } from './report/text.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
})
if (values.record && (values.only !== '' || values.quick)) throw new TypeError('--record is for the whole run, so it goes without --only and --quick.')

const choice = chosenBy(values.only)
await installPeers()
const only = values.only === '' ? '' : ` --only ${JSON.stringify(values.only)}`
const command = `npm run bench --${only}${values.quick ? ' --quick' : ''}${values.record ? ' --record' : ''}`.replace(/ --$/, '')
const figures = await measured(choice, values.quick ? QUICK : FULL, command, (text) => console.error(text))

const out = join(import.meta.dirname, 'out')
mkdirSync(out, { recursive: true })
const page = join(out, 'index.html')
writeFileSync(page, pageOf(figures))
console.log(values.json ? JSON.stringify(figures, null, 2) : textOf(figures))
console.error(`Plots: ${relative(process.cwd(), page)}`)
if (values.record) {
  const file = join(import.meta.dirname, '..', 'figures', 'speed.json')
  writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`)
  console.error(`Written to ${relative(process.cwd(), file)}`)
}
