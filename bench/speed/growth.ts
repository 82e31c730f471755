import { isBare, SUBJECTS, type Subject } from './catalogue.ts'
import type { Contender } from './contender.ts'
import { figureOf } from './cost.ts'
import type { Figures, Growth } from './figures.ts'
import type { Homes } from './homes.ts'
import type { Places } from './places.ts'
import { start } from './starting.ts'
import { type Timing, timed } from './timing.ts'
import { READS } from './works/reads.ts'
import type { Work } from './works/work.ts'

const READ = READS[0] as Work

/** What a read costs while something around it grows that it does not use. */
export interface GrowthOptions {
  readonly homes: Homes
  readonly places: Places
  readonly core: number | undefined
  readonly timing: Timing
  /** How many sessions the stores come to hold. */
  readonly sizes: readonly number[]
  readonly note: (text: string) => void
}

const MIDDLEWARES = [0, 10]
const named = (...names: readonly string[]): readonly Subject[] => SUBJECTS.filter(({ name }) => names.includes(name))

/** Sessions in the store: one server each, which is filled from step to step. */
export async function overSessions({ homes, places, core, timing, sizes, note }: GrowthOptions): Promise<Growth> {
  const subjects = named(
    'bare (Express)',
    'instar, memory (Express)',
    'instar, SQLite (Express)',
    'express-session, memory (Express)',
    'express-session, SQLite (Express)',
  )
  const contenders: Contender[] = []
  const series = seriesFor(subjects)
  try {
    for (const subject of subjects) contenders.push(await start(subject, homes, places, { core, rows: 2 * (sizes.at(-1) ?? 0) }))
    let stored = 0
    for (const size of sizes) {
      for (const contender of contenders) if (!isBare(contender.subject)) await contender.server.seed(stored, size)
      stored = size
      note(`reads while the stores hold ${size.toLocaleString('en')} sessions`)
      await measure(contenders, size, series, places, timing)
    }
  } finally {
    await Promise.all(contenders.map((contender) => contender.stop()))
  }
  return { title: 'A read, by the sessions in the store', unit: 'sessions', series }
}

export async function overMiddlewares({ homes, places, core, timing, note }: GrowthOptions): Promise<Growth> {
  const subjects = named('bare (Express)', 'instar, memory (Express)', 'express-session, memory (Express)')
  const series = seriesFor(subjects)
  const contenders = new Map<number, Contender[]>(MIDDLEWARES.map((count) => [count, []]))
  try {
    for (const [middlewares, those] of contenders) for (const subject of subjects) those.push(await start(subject, homes, places, { core, middlewares }))
    note('reads with other middlewares after ours')
    for (const [middlewares, those] of contenders) await measure(those, middlewares, series, places, timing)
  } finally {
    await Promise.all([...contenders.values()].flat().map((contender) => contender.stop()))
  }
  return { title: 'A read, by the middlewares that come after', unit: 'middlewares', series }
}

/** Which ones a plot of all data shows; more lines would hide each other. */
const SHOWN = [
  'instar, memory (Express)',
  'instar, Redis (Express)',
  'express-session, memory (Express)',
  'express-session, Redis (Express)',
  '@instar/express-session, memory (Express)',
  '@fastify/session, memory (Fastify)',
  'koa-session, memory (Koa)',
  'hono-sessions, memory (Hono)',
]

/** Data in the session: of what was measured already. */
export function overData(subjects: Figures['subjects']): Growth {
  const steps = { read: 200, 'read 2 kB': 2000, 'read 20 kB': 20_000 } as const
  const series = SHOWN.flatMap((name) => {
    const points = Object.entries(steps).flatMap(([work, at]) => {
      const cost = subjects[name]?.works[work as keyof typeof steps]?.cost
      return cost ? [{ at, cost: cost.fifth }] : []
    })
    return points.length === Object.keys(steps).length ? [[name, points] as const] : []
  })
  return { title: 'A read of one key, by the data in the session', unit: 'bytes', series: Object.fromEntries(series) }
}

type Series = { readonly [subject: string]: { at: number; cost: number }[] }

const seriesFor = (subjects: readonly Subject[]): Series => Object.fromEntries(subjects.flatMap((subject) => (isBare(subject) ? [] : [[subject.name, []]])))

/** Adds a point to each line; the bare framework is one of the contenders. */
async function measure(contenders: readonly Contender[], at: number, series: Series, places: Places, timing: Timing): Promise<void> {
  const windows = await timed(READ, contenders, places, timing)
  const bare = [...windows].find(([{ isBare }]) => isBare)?.[1]
  for (const [{ subject }, those] of windows) {
    const { cost } = figureOf(those, bare)
    if (cost) series[subject.name]?.push({ at, cost: cost.fifth })
  }
}
