import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { engineParts, startPostgres, startRedis } from '@instar/engines'
import { installed } from '../scale/versions.ts'
import { SOCKETS_PER_USER } from './crowd.ts'
import { missingDescriptors } from './descriptors.ts'
import { KINDS, type Place, type PlaceKind } from './place.ts'
import { failuresOf, type Result, tryOut } from './trial.ts'

const USERS = 200
const PATIENCE = 30_000

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '30' },
    on: { type: 'string', default: '' },
    record: { type: 'boolean', default: false },
  },
})
const rounds = Number(values.rounds)
if (!Number.isSafeInteger(rounds) || rounds < 1) throw new TypeError('--rounds takes a whole number from 1.')
if (values.record && values.on) throw new TypeError('--record is for all stores, so it goes without --on.')
const chosen = (Object.keys(KINDS) as PlaceKind[]).filter((kind) => KINDS[kind].title.toLowerCase().includes(values.on.toLowerCase()))
if (chosen.length === 0)
  throw new TypeError(
    `None has ${JSON.stringify(values.on)} in its name. They are: ${Object.values(KINDS)
      .map(({ title }) => title)
      .join('; ')}.`,
  )
const tooFew = missingDescriptors(USERS * SOCKETS_PER_USER)
if (tooFew) throw new Error(tooFew)

const parts = new Map(engineParts().map((part) => [part.name, part]))
const results: { [title: string]: Result & { readonly versions: string; readonly setup: string; readonly interval: string } } = {}
const failures: string[] = []
let isWhole = true
for (const kind of chosen) {
  const { title, needs, setup, interval, pause } = KINDS[kind]
  const part = needs && parts.get(needs)
  if (part && part.path === undefined) {
    isWhole = false
    console.log(`${title}: left out. ${part.mend}`)
    continue
  }
  const { place, versions, stop } = await start(kind)
  try {
    const result = await tryOut({ place, interval }, { users: USERS, rounds, patience: PATIENCE, ...(pause !== undefined && { pause }) })
    results[title] = { versions, setup, interval, ...result }
    console.log(`${title} (${versions}; ${setup}; interval ${interval}): ${result.sockets} sockets of ${USERS} users\n${linesOf(result)}\n`)
    failures.push(...failuresOf(result).map((failure) => `${title}: ${failure}`))
  } finally {
    await stop()
  }
}
for (const failure of failures) console.error(failure)

if (values.record && isWhole && failures.length === 0) {
  const file = join(import.meta.dirname, '..', 'figures', 'sockets.json')
  const command = `npm run sockets -- --rounds ${rounds} --record`
  const figures = {
    command,
    date: new Date().toISOString(),
    cores: availableParallelism(),
    versions: `${installed('ws')}, Node ${process.versions.node}`,
    stores: results,
  }
  writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`)
  console.log(`Written to ${relative(process.cwd(), file)}`)
} else if (values.record) console.error('Nothing is recorded, because of what failed or was left out.')
process.exitCode = failures.length === 0 ? 0 : 1

async function start(kind: PlaceKind): Promise<{ readonly place: Place; readonly versions: string; stop(): Promise<void> }> {
  const { driver = '' } = KINDS[kind]
  const name = 'crowd'
  if (kind === 'sqlite') {
    const folder = mkdtempSync(join(tmpdir(), 'instar-sockets-'))
    const place = { kind, url: join(folder, 'sessions.db'), name }
    return { place, versions: `SQLite ${process.versions['sqlite']}`, stop: async () => rmSync(folder, { recursive: true }) }
  }
  const engine = await (kind === 'redis' ? startRedis() : startPostgres())
  return { place: { kind, url: engine.url, name }, versions: `${engine.name} ${engine.version}, ${installed(driver)}`, stop: () => engine.stop() }
}

function linesOf({ endings, watchedAfterwards }: Result): string {
  const lines = Object.entries(endings).map(([ending, { rounds, closed, milliseconds, closedWrongly, leftOpen, otherCodes, wrongAnswers }]) => {
    const times = `${milliseconds.median} ms (median), ${milliseconds.worst} ms (worst)`
    const wrongs = `${closedWrongly} closed wrongly, ${leftOpen} left open, ${otherCodes} with another code, ${wrongAnswers} without their answer`
    return `  ${ending}: ${rounds} rounds, ${closed} sockets closed, the last of a round after ${times}; ${wrongs}`
  })
  return [...lines, `  ${watchedAfterwards} sessions watched when nobody was connected`].join('\n')
}
