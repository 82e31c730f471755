import { bareOf, type Subject } from './catalogue.ts'
import type { Choice } from './choice.ts'
import type { Contender } from './contender.ts'
import { figureOf } from './cost.ts'
import { type Counted, counted } from './counting.ts'
import type { Effort } from './effort.ts'
import type { Figure, Figures, Growth, SubjectFigures } from './figures.ts'
import { type GrowthOptions, overData, overMiddlewares, overSessions } from './growth.ts'
import { type Homes, makeHomes } from './homes.ts'
import { lostUpdates } from './lost-updates.ts'
import { bind, type Cores, coresOf, machine } from './machine.ts'
import { micro } from './micro.ts'
import { isAvailable, Places } from './places.ts'
import { startFor } from './starting.ts'
import { timed } from './timing.ts'
import { versionsOf } from './versions.ts'
import type { Work, WorkName } from './works/work.ts'

type Note = (text: string) => void

/** What is counted of a subject. */
interface Counts {
  readonly works: { readonly [work in WorkName]?: Counted }
  readonly lostUpdates?: number
}

/** What the steps of a run need. */
interface Run {
  readonly subjects: readonly Subject[]
  readonly works: readonly Work[]
  readonly effort: Effort
  readonly homes: Homes
  readonly cores: Cores
  readonly note: Note
}

/** Measures what was chosen, and resolves to the figures. */
export async function measured(choice: Choice, effort: Effort, command: string, note: Note): Promise<Figures> {
  const begin = performance.now()
  const cores = effort.isApart ? coresOf() : { server: undefined, load: undefined }
  bind(process.pid, cores.load)
  const subjects = available(choice.subjects, note)
  note('builds and installs what is compared')
  const homes = await makeHomes()
  const run: Run = { subjects, works: choice.works, effort, homes, cores, note }
  try {
    const counts = effort.isApart ? await countAll(run) : undefined
    const places = await Places.open(subjects, !effort.isApart, cores.load)
    try {
      const bySubject = await timeAll(run, places, counts)
      const growth = await growthOf(choice, effort, bySubject, {
        homes,
        places,
        core: cores.server,
        timing: effort.growthTiming,
        sizes: effort.storeSizes,
        note,
      })
      note('what happens without http')
      return {
        command,
        date: new Date().toISOString(),
        machine: { ...machine(), isPinned: cores.server !== undefined },
        versions: versionsOf(places),
        unit: 'microseconds',
        windowMilliseconds: effort.timing('read').windowMilliseconds,
        atOnce: effort.atOnce,
        works: Object.fromEntries(choice.works.map(({ name, title }) => [name, title])),
        subjects: bySubject,
        growth,
        micro: await micro(homes.originals, effort.microRounds, cores.server),
        seconds: Math.round((performance.now() - begin) / 1000),
      }
    } finally {
      await places.close()
    }
  } finally {
    homes.remove()
  }
}

/** Leaves out what needs an engine that is not installed. */
function available(subjects: readonly Subject[], note: Note): readonly Subject[] {
  const missing = subjects.filter((subject) => !isAvailable(subject))
  if (missing.length > 0 && process.env['INSTAR_REQUIRE_ALL'] === '1') throw new Error(`No engine for ${missing.map(({ name }) => name).join('; ')}.`)
  for (const { name } of missing) note(`${name}: left out, its engine is not installed`)
  return subjects.filter(isAvailable)
}

const worksOf = (subject: Subject, works: readonly Work[]): readonly Work[] => works.filter(({ name }) => subject.cannot[name] === undefined)

/** Counts on servers of their own, one after the other. */
async function countAll({ subjects, works, effort, homes, cores, note }: Run): Promise<ReadonlyMap<Subject, Counts>> {
  const places = await Places.open(subjects, true, cores.load)
  const all = new Map<Subject, Counts>()
  try {
    for (const subject of subjects) {
      note(`counts: ${subject.name}`)
      const contender = await startFor(works, subject, homes, places, { core: cores.server, isCounted: true, atOnce: effort.atOnce, batch: effort.batch })
      try {
        all.set(subject, await countsOf(contender, works, places, effort))
      } finally {
        await contender.stop()
      }
    }
  } finally {
    await places.close()
  }
  return all
}

/** Bytes, commands and lost updates of one subject. */
async function countsOf(contender: Contender, works: readonly Work[], places: Places, effort: Effort): Promise<Counts> {
  const { subject } = contender
  const figures: { [work in WorkName]?: Counted } = {}
  for (const work of worksOf(subject, works)) figures[work.name] = await contender.explained(work.name, () => counted(contender, work, places, effort))
  const holdsData = subject.library !== undefined && subject.cannot.write === undefined
  const lost = holdsData ? await contender.explained('parallel writes', () => lostUpdates(contender, effort.parallelWrites)) : undefined
  return { works: figures, ...(lost !== undefined && { lostUpdates: lost }) }
}

/** Times all on servers that run side by side; counts on them too, where nobody has counted. */
async function timeAll(
  { subjects, works, effort, homes, cores, note }: Run,
  places: Places,
  known: ReadonlyMap<Subject, Counts> | undefined,
): Promise<Figures['subjects']> {
  const contenders: Contender[] = []
  const counts = new Map(known)
  const figures = new Map<Subject, { [work in WorkName]?: Figure }>()
  try {
    note('starts the servers')
    for (const subject of subjects)
      contenders.push(
        await startFor(works, subject, homes, places, { core: cores.server, isCounted: !effort.isApart, atOnce: effort.atOnce, batch: effort.batch }),
      )
    if (!known) for (const contender of contenders) counts.set(contender.subject, await countsOf(contender, works, places, effort))
    for (const work of works) {
      note(`times: ${work.title}`)
      const able = contenders.filter(({ subject }) => worksOf(subject, [work]).length > 0)
      const windows = await timed(work, able, places, effort.timing(work.name))
      const named = new Map([...windows].map(([{ subject }, those]) => [subject.name, those]))
      for (const [{ subject, isBare }, those] of windows) {
        const figure = { ...figureOf(those, isBare ? undefined : named.get(bareOf(subject))), ...counts.get(subject)?.works[work.name] }
        figures.set(subject, { ...figures.get(subject), [work.name]: figure })
      }
    }
  } finally {
    await Promise.all(contenders.map((contender) => contender.stop()))
  }
  return Object.fromEntries(subjects.map((subject) => [subject.name, described(subject, figures.get(subject) ?? {}, counts.get(subject)?.lostUpdates)]))
}

function described({ framework, library, store, cannot }: Subject, works: SubjectFigures['works'], lost: number | undefined): SubjectFigures {
  return { framework, ...(library !== undefined && { library }), store, works, cannot, ...(lost !== undefined && { lostUpdates: lost }) }
}

async function growthOf({ isWhole }: Choice, effort: Effort, subjects: Figures['subjects'], options: GrowthOptions): Promise<readonly Growth[]> {
  const data = overData(subjects)
  const ofData = Object.keys(data.series).length > 0 ? [data] : []
  if (!isWhole) return ofData
  const overStores = [...ofData, await overSessions(options)]
  return effort.isApart ? [...overStores, await overMiddlewares(options)] : overStores
}
