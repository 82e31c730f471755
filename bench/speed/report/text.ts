import type { Figure, Figures } from '../figures.ts'
import { type Goal, goalsOf } from '../goals.ts'
import type { WorkName } from '../works/work.ts'

/** A table for each work, and the goals, for a terminal. */
export function textOf(figures: Figures): string {
  const tables = Object.entries(figures.works).map(([work, title]) => `${title}\n${tableOf(figures, work as WorkName)}`)
  return [...tables, lostOf(figures), `Goals\n${goalsText(figures)}`, legendOf(figures)].join('\n\n')
}

export const COLUMNS = ['CPU µs', 'cost µs (quarters)', '× bare', 'engine µs', 'a second', 'ms: median / p99', 'kB', 'commands'] as const

/** What a table shows of a figure, by its columns. */
export function cellsOf(figure: Figure, bare: Figure | undefined): readonly string[] {
  const { cpu, cost, engine, throughput, latency, bytes, commands } = figure
  return [
    `${cpu.fifth.toFixed(1)} / ${cpu.median.toFixed(1)}`,
    cost ? `${cost.fifth.toFixed(1)} (${cost.firstQuarter.toFixed(0)} to ${cost.lastQuarter.toFixed(0)})` : '',
    bare ? (cpu.fifth / bare.cpu.fifth).toFixed(2) : '',
    engine === undefined ? '' : engine.toFixed(1),
    String(throughput),
    `${(latency.median / 1000).toFixed(2)} / ${(latency.p99 / 1000).toFixed(2)}`,
    bytes === undefined ? '' : (bytes / 1000).toFixed(1),
    commands
      ? Object.entries(commands)
          .map(([name, calls]) => `${calls} ${name}`)
          .join(', ')
      : '',
  ]
}

/** The rows of a work's table: name and cells. */
export function rowsOf({ subjects }: Figures, work: WorkName): readonly (readonly string[])[] {
  return Object.entries(subjects).flatMap(([name, { framework, library, works, cannot }]) => {
    const figure = works[work]
    if (!figure) return cannot[work] === undefined ? [] : [[name, `left out: ${cannot[work]}`]]
    return [[name, ...cellsOf(figure, library === undefined ? undefined : subjects[`bare (${framework})`]?.works[work])]]
  })
}

const tableOf = (figures: Figures, work: WorkName): string => aligned([['', ...COLUMNS], ...rowsOf(figures, work)])

function lostOf({ subjects }: Figures): string {
  const rows = Object.entries(subjects).flatMap(([name, { lostUpdates }]) => (lostUpdates === undefined ? [] : [[name, String(lostUpdates)]]))
  return `Lost of parallel writes to one session\n${aligned(rows)}`
}

/** How a goal stands, in a word. */
export const standing = ({ isReached }: Goal): string => (isReached === undefined ? 'not measured' : isReached ? 'reached' : 'NOT REACHED')

const goalsText = (figures: Figures): string => aligned(goalsOf(figures).map((goal) => [goal.number, standing(goal), goal.goal, goal.measured]))

export function legendOf({ date, machine, versions, seconds, windowMilliseconds, atOnce }: Figures): string {
  const { cpu, isPinned } = machine
  return [
    `CPU: the server process, all threads, a request (or page); fifth / median of windows of ${windowMilliseconds} ms in turn. Cost: above the bare framework.`,
    `${atOnce} requests under way at a time. kB: allocated on the JavaScript heap.`,
    `${date.slice(0, 10)}, ${cpu}, ${isPinned ? 'server and load on one each' : 'NOT BOUND TO CORES'}, ${seconds} s.`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  ].join('\n')
}

function aligned(lines: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...lines.map((line) => line.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...lines.filter((line) => line.length !== 2 || columns === 2).map((line) => line[column]?.length ?? 0), 0),
  )
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
