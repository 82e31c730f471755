import type { Figure, Figures, SubjectFigures } from '../../bench/speed/figures.ts'
import type { WorkName } from '../../bench/speed/works/work.ts'
import { table } from './markdown.ts'

export const microseconds = (value: number): string => (Math.abs(value) < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en'))

/** How often each was called; what a table shows of commands, and of the calls of a store. */
export function callsOf(calls: { readonly [name: string]: number }): string {
  const named = Object.entries(calls).filter(([, count]) => count > 0)
  return named.map(([name, count]) => `${count} ${count === 1 && name === 'statements' ? 'statement' : name}`).join(', ') || 'none'
}

/** A row for each subject that has something to show, a column for each work. */
export function byWork({ works, subjects }: Figures, what: string, cell: (figure: Figure, subject: SubjectFigures) => string | undefined): string {
  const names = Object.keys(works) as WorkName[]
  const rows = Object.entries(subjects).flatMap(([name, subject]) => {
    const cells = names.map((work) => {
      const figure = subject.works[work]
      return (figure && cell(figure, subject)) ?? ''
    })
    return cells.every((text) => text === '') ? [] : [[name, ...cells]]
  })
  return table([what, ...names], rows)
}

/** Where, when, with what and how it was measured. */
export function settingOf({ command, date, machine, versions, windowMilliseconds, atOnce, seconds }: Figures): string {
  const { cpu, isPinned } = machine
  const all = Object.entries(versions).map(([name, version]) => `${name} ${version}`)
  const where = isPinned ? 'the server on one core, the load and the engines on another' : 'not bound to cores, so that load and server disturbed each other'
  return `Windows of ${windowMilliseconds} ms in turn, ${atOnce} requests under way at a time; ${cpu}, ${where}; ${seconds.toLocaleString('en')} seconds in all. ${all.join(', ')}. \`${command}\`, ${date.slice(0, 10)}.`
}
