import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { packLibrary, unpackLibrary } from '../../scripts/pack.ts'
import { Home } from './home.ts'
import { type Facts, factsOf, type Times, timesOf } from './measure.ts'
import { installPeers, PEERS } from './peers.ts'
import { BASELINES, OURS, packageOf, REFERENCE, THEIRS } from './subjects.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '30' }, record: { type: 'boolean', default: false } } })
const rounds = Number(values.rounds)
if (!Number.isSafeInteger(rounds) || rounds < 1) throw new TypeError('--rounds takes a whole number from 1.')

await installPeers()
const subjects = { ...OURS, ...THEIRS }
const home = new Home()
try {
  await unpackLibrary(await packLibrary(home.folder), home.modules)
  home.bring(
    join(PEERS, 'node_modules'),
    Object.values(THEIRS).flatMap(({ specifiers }) => specifiers.map(packageOf)),
  )
  const facts: { [title: string]: Facts } = {}
  for (const [title, subject] of Object.entries(subjects)) facts[title] = await factsOf(home, subject, true)
  const times = await timesOf(home, { ...BASELINES, ...subjects }, rounds)
  console.log(reportOf(facts, times))
  console.log(`Node ${process.versions.node}; ${rounds} rounds. Times: median (quarters), and by the median of ${REFERENCE}.`)
  if (values.record) record(facts, times)
} finally {
  home.leave()
}

function record(facts: { readonly [title: string]: Facts }, times: { readonly [title: string]: Times }): void {
  const file = join(import.meta.dirname, '..', 'figures', 'imports.json')
  const figures = {
    command: `npm run imports -- --rounds ${rounds} --record`,
    date: new Date().toISOString(),
    cores: availableParallelism(),
    node: process.versions.node,
    unit: 'milliseconds',
    reference: REFERENCE,
    baselines: Object.fromEntries(Object.keys(BASELINES).map((title) => [title, times[title]])),
    subjects: Object.fromEntries(Object.entries(facts).map(([title, those]) => [title, { times: times[title], ...those }])),
  }
  writeFileSync(file, `${JSON.stringify(figures, null, 2)}\n`)
  console.log(`Written to ${relative(process.cwd(), file)}`)
}

function reportOf(facts: { readonly [title: string]: Facts }, times: { readonly [title: string]: Times }): string {
  const kB = (bytes: number): string => (bytes / 1000).toFixed(0)
  const reference = times[REFERENCE]?.median ?? 0
  const rows = Object.entries(times).map(([title, { median, firstQuarter, lastQuarter }]) => {
    const of = facts[title]
    const timed = [title, `${median} (${firstQuarter} to ${lastQuarter})`, `${(median / reference).toFixed(2)}x`]
    if (!of) return timed
    const bundled = of.bundled ? `${kB(of.bundled.bytes)} (${kB(of.bundled.gzipBytes)})` : ''
    const sizes = [of.loadedBytes, of.packedWithDependenciesBytes, of.installedBytes].map(kB)
    return [...timed, `${of.files} (${of.filesOfOthers})`, sizes[0], String(of.packages), sizes[1], sizes[2], bundled]
  })
  const head = ['imported', 'ms', 'ratio', 'files (of others)', 'kB loaded', 'packages', 'kB packed', 'kB installed', 'kB bundled (gzip)']
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  return [head, ...rows].map((row) => row.map((cell = '', column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n')
}
