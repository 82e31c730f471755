import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LAB_TABLES } from './lab-tables.ts'
import { table } from './markdown.ts'
import { promisesTable } from './promises.ts'
import { SPEED_TABLES } from './speed-tables.ts'

const MARKER = /^<!-- figures: (\w+)(?: (\w+))? -->\n[\s\S]*?^<!-- \/figures -->$/gm
const FOLDER = 'bench/figures'

/**
 * Fills the tables of a page from what was measured last: `<!-- figures: faults -->` stands before, or `<!-- figures: speed works -->` where there are several tables, and
 * `<!-- /figures -->` after. Throws where nothing was measured.
 */
export function withFigures(root: string, page: string, markdown: string): string {
  return markdown.replaceAll(MARKER, (_, kind: string, part?: string) => {
    const asked = part === undefined ? kind : `${kind} ${part}`
    const { recordedBy, tables } = MEASURED[kind] ?? {}
    const make = typeof tables !== 'function' ? tables?.[part ?? ''] : part === undefined ? tables : undefined
    const path = join(root, FOLDER, `${kind}.json`)
    if (!make) throw new Error(`${page} asks for figures of "${asked}", which nobody measures.`)
    if (!existsSync(path))
      throw new Error(`${page} asks for figures of "${asked}", and ${FOLDER}/${kind}.json is not there. To measure them run "${recordedBy}".`)
    return `<!-- figures: ${asked} -->\n${make(JSON.parse(readFileSync(path, 'utf8')) as never)}\n<!-- /figures -->`
  })
}

type Table = (figures: never) => string
type Tables = { readonly [part: string]: Table }

/** By the name of the file: the command that writes it, and the one table of it, or several by their names. */
const MEASURED: { readonly [kind: string]: { readonly recordedBy: string; readonly tables: Table | Tables } } = {
  statements: { recordedBy: 'node --conditions=instar-source packages/instar/test/engines/statements-record.ts', tables: statementsTable },
  scale: { recordedBy: 'npm run scale -- --record', tables: scaleTables },
  faults: { recordedBy: 'npm run faults -- --record', tables: faultsTable },
  sockets: { recordedBy: 'npm run sockets -- --record', tables: socketsTable },
  imports: { recordedBy: 'npm run imports -- --record', tables: importsTable },
  promises: { recordedBy: 'node --conditions=instar-source dropins/promises/table.ts --record', tables: promisesTable },
  lab: { recordedBy: 'npm run lab -- --record', tables: LAB_TABLES },
  speed: { recordedBy: 'npm run bench -- --record', tables: SPEED_TABLES },
}

interface Counted {
  readonly reads: number
  readonly writes: number
}

interface Statements {
  readonly command: string
  readonly date: string
  readonly operations: { readonly [request: string]: string }
  readonly drivers: {
    readonly [driver: string]: { readonly versions: string; readonly requests: { readonly [request: string]: Counted } } & { readonly [hour: string]: unknown }
  }
}

const HOUR = 'an hour of a request a minute'

function statementsTable({ command, date, operations, drivers }: Statements): string {
  const shown = ({ reads, writes }: Counted): string => `${reads} + ${writes}`
  const names = Object.keys(drivers)
  const rows = Object.entries(operations).map(([request, done]) => [
    request,
    done === '' ? 'none' : done,
    ...names.map((name) => shown(drivers[name]?.requests[request] as Counted)),
  ])
  const hour = [HOUR, 'find; now and then update', ...names.map((name) => shown(drivers[name]?.[HOUR] as Counted))]
  const versions = names.map((name) => drivers[name]?.versions).join('; ')
  return [table(['request', 'store operations', ...names], [...rows, hour]), `Reads + writes. ${versions}. \`${command}\`, ${date.slice(0, 10)}.`].join('\n\n')
}

interface Spread {
  readonly median: number
  readonly p99: number
  readonly slowest: number
}

interface Sized {
  readonly bytesPerRow: number
  readonly baseline: Spread
  readonly find: Spread
  readonly update: Spread
  readonly listByUser: Spread
}

interface Scale {
  readonly command: string
  readonly date: string
  readonly cores: number
  readonly engines: {
    readonly [engine: string]: {
      readonly versions: string
      readonly setup: string
      readonly payloadBytes: number
      readonly sizes: { readonly [rows: string]: Sized }
      readonly purge?: { readonly removed: number; readonly seconds: number; readonly loginsBefore: Spread; readonly loginsDuring: Spread }
    }
  }
}

function scaleTables({ command, date, cores, engines }: Scale): string {
  const time = ({ median, p99 }: Spread): string => `${round(median)} / ${round(p99)}`
  const sizes = Object.entries(engines).flatMap(([engine, { sizes }]) =>
    Object.entries(sizes).map(([rows, { bytesPerRow, baseline, find, update, listByUser }]) => [
      engine,
      Number(rows).toLocaleString('en'),
      String(bytesPerRow),
      ...[baseline, find, update, listByUser].map(time),
    ]),
  )
  const milliseconds = (microseconds: number): string => round(microseconds / 1000)
  const purges = Object.entries(engines).flatMap(([engine, { purge }]) =>
    purge
      ? [
          [
            engine,
            purge.removed.toLocaleString('en'),
            round(purge.seconds),
            ...[purge.loginsBefore, purge.loginsDuring].map(({ median, slowest }) => `${milliseconds(median)} / ${milliseconds(slowest)}`),
          ],
        ]
      : [],
  )
  const setups = Object.entries(engines).map(([engine, { versions, setup }]) => `${engine}: ${versions}; ${setup}.`)
  const payload = Object.values(engines)[0]?.payloadBytes
  return [
    table(['engine', 'rows', 'bytes a row', 'baseline', 'find', 'update', 'listByUser'], sizes),
    `Microseconds, median / 99th percentile, one operation at a time; a payload has ${payload} bytes. The baseline is the engine's cheapest answer, measured in between: what moves with it is the machine.`,
    table(['engine', 'expired rows removed', 'seconds', 'logins before, ms', 'logins meanwhile, ms'], purges),
    `Median / slowest of logins that go on while \`deleteExpired()\` removes half of the rows. ${setups.join(' ')} \`${command}\`, ${date.slice(0, 10)}, ${cores} cores.`,
  ].join('\n\n')
}

interface Faults {
  readonly command: string
  readonly measuredOn: string
  readonly notMeasured: string
  readonly servers: readonly string[]
  readonly drivers: { readonly [name: string]: string }
  readonly rows: readonly ({ readonly fault: string; readonly engine: string; readonly driver: string } & { readonly [figure: string]: unknown })[]
}

const FAULT_COLUMNS = {
  rounds: 'rounds',
  acknowledged: 'acknowledged',
  errors: 'errors',
  lost: 'acknowledged and lost',
  aliveAgain: 'logged out and alive again',
  lookedLoggedOut: 'looked logged out',
  usersChanged: 'users changed',
  countedTwice: 'counted twice',
} as const

function faultsTable({ command, measuredOn, notMeasured, servers, drivers, rows }: Faults): string {
  const shown = rows.filter(({ fault }) => fault !== 'control')
  const cells = shown.map((row) => [row.fault, row.engine, row.driver, ...Object.keys(FAULT_COLUMNS).map((name) => Number(row[name]).toLocaleString('en'))])
  const versions = [...servers, ...Object.entries(drivers).map(([name, version]) => `${name} ${version}`)].join(', ')
  return [
    table(['fault', 'engine', 'driver', ...Object.values(FAULT_COLUMNS)], cells),
    `${versions}. \`${command}\`, ${measuredOn}. Not measured: ${notMeasured.charAt(0).toLowerCase()}${notMeasured.slice(1)}`,
  ].join('\n\n')
}

interface Sockets {
  readonly command: string
  readonly date: string
  readonly cores: number
  readonly versions: string
  readonly stores: {
    readonly [store: string]: {
      readonly versions: string
      readonly setup: string
      readonly interval: string
      readonly sockets: number
      readonly users: number
      readonly endings: {
        readonly [ending: string]: {
          readonly rounds: number
          readonly closed: number
          readonly milliseconds: { readonly median: number; readonly worst: number }
          readonly closedWrongly: number
          readonly leftOpen: number
        }
      }
    }
  }
}

function socketsTable({ command, date, cores, versions, stores }: Sockets): string {
  const rows = Object.entries(stores).flatMap(([store, { interval, endings }]) =>
    Object.entries(endings).map(([ending, { rounds, closed, milliseconds, closedWrongly, leftOpen }]) => [
      store,
      interval,
      ending,
      String(rounds),
      `${round(milliseconds.median)} / ${round(milliseconds.worst)}`,
      ...[closed, closedWrongly, leftOpen].map((count) => count.toLocaleString('en')),
    ]),
  )
  const setups = Object.values(stores).map(({ versions, setup }) => `${versions}: ${setup}.`)
  const { sockets, users } = Object.values(stores)[0] ?? { sockets: 0, users: 0 }
  return [
    table(['store', 'interval', 'ended by', 'rounds', 'last close, ms', 'closed', 'closed wrongly', 'left open'], rows),
    `${sockets.toLocaleString('en')} sockets of ${users} users are open to two processes; each round ends what one user has, by one of them or by a third. Milliseconds, median / worst, from the call until the last client of a round has seen its socket closed. ${setups.join(' ')} ${versions}. \`${command}\`, ${date.slice(0, 10)}, ${cores} cores.`,
  ].join('\n\n')
}

interface Times {
  readonly median: number
  readonly firstQuarter: number
  readonly lastQuarter: number
}

interface Imports {
  readonly command: string
  readonly date: string
  readonly cores: number
  readonly node: string
  readonly reference: string
  readonly baselines: { readonly [title: string]: Times }
  readonly subjects: {
    readonly [title: string]: {
      readonly times: Times
      readonly versions: string
      readonly files: number
      readonly packages: number
      readonly packedWithDependenciesBytes: number
      readonly installedBytes: number
      readonly bundled: { readonly bytes: number; readonly gzipBytes: number }
    }
  }
}

function importsTable({ command, date, cores, node, reference, baselines, subjects }: Imports): string {
  const base = subjects[reference]?.times.median ?? 0
  const timed = ({ median, firstQuarter, lastQuarter }: Times): string[] => [
    `${round(median)} (${round(firstQuarter)} to ${round(lastQuarter)})`,
    (median / base).toFixed(2),
  ]
  const kB = (bytes: number): string => round(bytes / 1000)
  const rows = Object.entries(subjects).map(([title, { times, files, packages, packedWithDependenciesBytes, installedBytes, bundled }]) => [
    title,
    ...timed(times),
    String(files),
    String(packages),
    kB(packedWithDependenciesBytes),
    kB(installedBytes),
    `${kB(bundled.bytes)} (${kB(bundled.gzipBytes)})`,
  ])
  const versions = new Set(Object.values(subjects).flatMap((subject) => subject.versions.split(', ')))
  return [
    table(
      ['imported', 'ms', `by ${reference}`, 'files loaded', 'packages', 'kB packed', 'kB installed', 'kB bundled (gzip)'],
      [...Object.entries(baselines).map(([title, times]) => [title, ...timed(times), '', '', '', '', '']), ...rows],
    ),
    `Milliseconds of an \`import\` in a new process, median and quarters; the time of an empty program is in all others. Packages and kB are with dependencies and without peers; bundled is minified, the web adapter without Node's condition. ${[...versions].join(', ')}. \`${command}\`, ${date.slice(0, 10)}, Node ${node}, ${cores} cores.`,
  ].join('\n\n')
}

const round = (value: number): string => (value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en'))
