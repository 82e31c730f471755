import type { Figures } from '../../bench/speed/figures.ts'
import { goalsOf } from '../../bench/speed/goals.ts'
import { COLUMNS, rowsOf } from '../../bench/speed/report/text.ts'
import { code, table } from './markdown.ts'
import { byWork, callsOf, microseconds, settingOf } from './speed-cells.ts'
import { summary } from './speed-summary.ts'

/** The tables of what the benchmark measured, by what a page asks for: `<!-- figures: speed works -->`. */
export const SPEED_TABLES: { readonly [part: string]: (figures: Figures) => string } = {
  summary,
  works,
  read,
  commands,
  engine,
  allocations,
  lost,
  growth,
  micro,
  goals,
}

function works(figures: Figures): string {
  const costs = byWork(figures, 'µs', ({ cpu, cost }, { library }) => (library === undefined ? microseconds(cpu.fifth) : cost && microseconds(cost.fifth)))
  const titles = Object.entries(figures.works).map(([work, title]) => (work === title ? work : `${work}: ${title}`))
  return [
    costs,
    `CPU time of the server's process in microseconds: of a bare framework all of it, of a library what it adds to the bare framework. A fifth of the windows was faster. ${titles.join('; ')}.`,
    ...leftOut(figures),
    settingOf(figures),
  ].join('\n\n')
}

/** Why cells are empty. */
function leftOut({ works, subjects }: Figures): readonly string[] {
  const named = Object.entries(subjects).flatMap(([name, { cannot }]) => {
    const reasons = Object.entries(cannot).filter(([work]) => work in works)
    return [...Map.groupBy(reasons, ([, reason]) => reason)].map(([reason, those]) => ({ name, why: `${those.map(([work]) => work).join(', ')}: ${reason}` }))
  })
  const reasons = [...Map.groupBy(named, ({ why }) => why)].map(([why, those]) => `${why} (${those.map(({ name }) => code(name)).join(', ')})`)
  return reasons.length > 0 ? [`Left out. ${reasons.join('; ')}.`] : []
}

function read(figures: Figures): string {
  return [
    table(['a read', ...COLUMNS], rowsOf(figures, 'read')),
    'CPU: of the server, all threads, the fifth and the median of the windows. Cost: above the bare framework, the difference of the fifths, and the quarters of the differences within a round. Engine: CPU time of its processes. A second, and ms: of one process that is under full load. kB: allocated on the JavaScript heap.',
  ].join('\n\n')
}

function commands(figures: Figures): string {
  return [
    byWork(figures, 'for each request (or page)', ({ commands }) => commands && callsOf(commands)),
    'By the count of the engine; of SQLite, statements. In brackets: what a script runs within the engine, and no client waits for. Less than one: requests that came together were looked up together.',
  ].join('\n\n')
}

function engine(figures: Figures): string {
  return [
    byWork(figures, 'µs of the engine', ({ engine }) => (engine === undefined ? undefined : microseconds(engine))),
    'CPU time of the processes of the engine, in microseconds.',
  ].join('\n\n')
}

function allocations(figures: Figures): string {
  return byWork(figures, 'kB allocated', ({ bytes }) => (bytes === undefined ? undefined : (bytes / 1000).toFixed(1)))
}

function lost({ subjects }: Figures): string {
  const rows = Object.entries(subjects).flatMap(([name, { lostUpdates }]) => (lostUpdates === undefined ? [] : [[name, String(lostUpdates)]]))
  return table(['a hundred increments of one count at once', 'lost'], rows)
}

function growth({ growth }: Figures): string {
  const tables = growth.map(({ title, unit, series }) => {
    const steps = [...new Set(Object.values(series).flatMap((points) => points.map(({ at }) => at)))].sort((left, right) => left - right)
    const rows = Object.entries(series).map(([name, points]) => [
      name,
      ...steps.map((step) => {
        const point = points.find(({ at }) => at === step)
        return point ? microseconds(point.cost) : ''
      }),
    ])
    return `${title}:\n\n${table([`µs at so many ${unit}`, ...steps.map((step) => step.toLocaleString('en'))], rows)}`
  })
  return tables.join('\n\n')
}

function micro({ micro }: Figures): string {
  if (!micro) throw new Error('The recorded run has no figures of what happens without http. Run npm run bench -- --record.')
  const paths = Object.entries(micro.paths).map(([path, { microseconds: time, storeCalls }]) => [path, callsOf(storeCalls), microseconds(time)])
  const { login, logout } = micro.changes
  return [
    table(['', 'store calls', 'µs'], [...paths, ['login, of a visitor with an anonymous session', callsOf(login), ''], ['logout', callsOf(logout), '']]),
    'Within one process and without HTTP: a session is opened, asked and committed, with the memory store. Login and logout are without the `find` when their request came.',
  ].join('\n\n')
}

function goals(figures: Figures): string {
  const all = goalsOf(figures)
  const count = (isReached: boolean | undefined): number => all.filter((goal) => goal.isReached === isReached).length
  const standing = { true: 'reached', false: '**not reached**', undefined: 'not measured' }
  return [
    table(
      ['goal', 'measured', ''],
      all.map(({ goal, measured, isReached }) => [goal, measured, standing[`${isReached}`]]),
    ),
    `${count(true)} reached, ${count(false)} not reached, ${count(undefined)} not measured.`,
  ].join('\n\n')
}
