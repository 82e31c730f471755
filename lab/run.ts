import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { STACKS } from './apps/stack.ts'
import { attacks, type NamedAttack } from './attacks/index.ts'
import { DEFENCES } from './defences.ts'
import { type Cell, openWorld, playAll, playOne, venuesOf } from './matrix.ts'
import { comebacksOf, complaintsOf, missedComebacks } from './promises.ts'
import type { Screens } from './recorder.ts'
import { pageOf } from './report/page.ts'
import { pictureOf, type Shot } from './report/picture.ts'
import { textOf, weakenedTextOf } from './report/text.ts'
import { serveWatch } from './watch/server.ts'
import { playWeakened, stackWithout } from './weakened.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    report: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    port: { type: 'string', default: '3456' },
  },
})

const port = Number(values.port)
if (!(Number.isInteger(port) && port >= 0 && port <= 65_535)) throw new TypeError(`--port is ${values.port}, and has to be a number from 0 to 65535.`)
if (values.record && values.only !== '') throw new TypeError('--record is for the whole run, so it goes without --only.')
const withoutTime = ({ milliseconds: _, ...cell }: Cell): Omit<Cell, 'milliseconds'> => cell

/** What the README shows: one attack, on the stack that most people have and on Instar. */
async function makePicture(): Promise<Buffer> {
  const attack = (await attacks()).find(({ name }) => name === 'shared-computer-copy') as NamedAttack
  const seen: Screens = new Map()
  const shots: Shot[] = []
  for (const venue of venuesOf(world).filter(({ stack }) => ['tutorial', 'instar-express'].includes(stack.file) && stack.kind !== 'drop-in'))
    shots.push({ title: venue.stack.title, play: await playOne(world, attack, venue, { screens: seen }) })
  return pictureOf(world.browser, attack, shots, seen)
}

const world = await openWorld()
if (values.watch) {
  try {
    const { url } = await serveWatch(world, port)
    console.log(`Watch attacks at ${url} (Ctrl+C ends it).`)
    await new Promise<void>((resolve) => process.once('SIGINT', resolve))
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
  await world.close()
  process.exit()
}
try {
  const screens: Screens | undefined = values.report ? new Map() : undefined
  const report = ({ attack, stack, verdict, milliseconds }: Cell): void => console.error(`${attack} on ${stack}: ${verdict} (${milliseconds} ms)`)
  const { stories, ...matrix } = await playAll(world, venuesOf(world), values.only, report, screens)
  const weakened = await playWeakened(world, values.only, report)
  const all = await attacks()
  const comebacks = comebacksOf(weakened, matrix, 'instar on Express')
  console.log(
    values.json ? JSON.stringify({ matrix, weakened, comebacks }, null, 2) : `${textOf(matrix, all, STACKS)}\n\n${weakenedTextOf(weakened, comebacks, all)}`,
  )
  const played = DEFENCES.map(stackWithout).filter(({ name }) => weakened.cells.some(({ stack }) => stack === name))
  if (screens) {
    const out = join(import.meta.dirname, 'out')
    mkdirSync(out, { recursive: true })
    writeFileSync(join(out, 'index.html'), pageOf(matrix, { stacks: played, comebacks }, all, STACKS, stories, screens))
    console.error(`The page: ${relative(process.cwd(), join(out, 'index.html'))}`)
  }
  if (values.record) {
    const defences = DEFENCES.map((defence) => ({ stack: stackWithout(defence).name, title: defence.title }))
    const recorded = {
      command: 'npm run lab -- --record',
      date: new Date().toISOString(),
      browser: `Chromium ${world.browser.version()}`,
      attacks: all.map(({ name, title }) => ({ name, title })),
      stacks: STACKS.map(({ name, title, kind }) => ({ name, title, kind })),
      cells: matrix.cells.map(withoutTime),
      defences,
      weakened: weakened.cells.map(withoutTime),
      comebacks: comebacks.map(withoutTime),
    }
    writeFileSync(join(import.meta.dirname, '../bench/figures/lab.json'), `${JSON.stringify(recorded, null, 2)}\n`)
    writeFileSync(join(import.meta.dirname, '../docs/pictures/lab.png'), await makePicture())
  }
  const isWhole = values.only === ''
  const complaints = [
    ...complaintsOf(matrix, STACKS, all, isWhole),
    ...(isWhole ? missedComebacks(comebacks, DEFENCES, (defence) => stackWithout(defence).name) : []),
  ]
  for (const complaint of complaints) console.error(complaint)
  process.exitCode = complaints.length > 0 ? 1 : 0
} finally {
  await world.close()
}
