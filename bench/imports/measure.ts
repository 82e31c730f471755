import { type Bundled, bundled } from './bundle.ts'
import { versionIn, type Weight, weigh } from './closure.ts'
import type { Home } from './home.ts'
import { packageOf, type Subject } from './subjects.ts'

/** What does not depend on the machine. */
export interface Facts extends Weight {
  readonly versions: string
  readonly files: number
  readonly loadedBytes: number
  /** How many of the files are of packages that the program does not name. */
  readonly filesOfOthers: number
  readonly bundled?: Bundled
}

/** In milliseconds; half of all rounds lie between the quarters. */
export interface Times {
  readonly median: number
  readonly firstQuarter: number
  readonly lastQuarter: number
}

export type Subjects = { readonly [title: string]: Subject }

export async function factsOf(home: Home, subject: Subject, canBundle: boolean): Promise<Facts> {
  const names = [...new Set(subject.specifiers.map(packageOf))]
  const { files, bytes, outside } = await home.loaded(subject)
  return {
    versions: names.map((name) => `${name} ${versionIn(home.modules, name)}`).join(', '),
    files: files.length,
    loadedBytes: bytes,
    filesOfOthers: outside.length,
    ...(await weigh(home.modules, names)),
    ...(canBundle && { bundled: bundled(subject, home.folder) }),
  }
}

/** Imports each subject once in each round, in a process of its own and in an order that moves on; a round before the first, which fills the caches of the disk, is not counted. */
export async function timesOf(home: Home, subjects: Subjects, rounds: number): Promise<{ readonly [title: string]: Times }> {
  const all = Object.entries(subjects).map(([title, subject]) => ({ title, program: home.program(subject), times: [] as number[] }))
  for (const { program } of all) await home.timed(program)
  for (let round = 0; round < rounds; round++)
    for (let n = 0; n < all.length; n++) {
      const { program, times } = all[(round + n) % all.length] as (typeof all)[number]
      times.push(await home.timed(program))
    }
  return Object.fromEntries(all.map(({ title, times }) => [title, spreadOf(times)]))
}

function spreadOf(times: readonly number[]): Times {
  const sorted = times.toSorted((left, right) => left - right)
  const at = (share: number): number => Math.round((sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0) * 100) / 100
  return { median: at(0.5), firstQuarter: at(0.25), lastQuarter: at(0.75) }
}
