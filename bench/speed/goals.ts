import type { Figure, Figures } from './figures.ts'
import type { StoreCalls } from './micro.ts'
import type { WorkName } from './works/work.ts'

/** One of the things that sessions here must reach, and what was measured. */
export interface Goal {
  readonly number: string
  readonly goal: string
  readonly measured: string
  /** Undefined where this run has not measured it. */
  readonly isReached: boolean | undefined
}

/** All goals, against the figures of a run. Cost is CPU time above the bare framework, by the fifth of the windows. */
export function goalsOf(figures: Figures): readonly Goal[] {
  const of = (subject: string, work: WorkName = 'read'): Figure | undefined => figures.subjects[subject]?.works[work]
  return [
    ...[
      ['Express', 'express-session, memory (Express)', 5],
      ['Fastify', '@fastify/session, memory (Fastify)', 5],
      ['Koa', 'koa-session, memory (Koa)', 8],
      ['Hono', '@hono/session, memory (Hono)', 8],
      ['Hono', 'hono-sessions, memory (Hono)', 8],
    ].map(([framework, peer, divisor]) =>
      costGoal('1', of(`instar, memory (${framework})`), of(String(peer)), Number(divisor), `a read, memory: cost of ${peer}`),
    ),
    ...['node:http', 'Express', 'Fastify', 'Koa', 'Hono'].map((framework) =>
      totalGoal(framework, of(`instar, memory (${framework})`), of(`bare (${framework})`)),
    ),
    costGoal('2', of('instar, Redis (Express)'), of('express-session, Redis (Express)'), 5, 'a read, Redis: cost of connect-redis'),
    commandsGoal('2', 'a read, Redis: commands', of('instar, Redis (Express)'), 1),
    costGoal('2', of('instar, PostgreSQL (Express)'), of('express-session, PostgreSQL (Express)'), 8, 'a read, PostgreSQL: cost of connect-pg-simple'),
    engineGoal(of('instar, PostgreSQL (Express)'), of('express-session, PostgreSQL (Express)'), 8),
    costGoal('2', of('instar, SQLite (Express)'), of('express-session, SQLite (Express)'), 5, 'a read, SQLite: cost of better-sqlite3-session-store'),
    ...microGoals(figures),
    ...['Redis', 'PostgreSQL'].map((store) => gainGoal(store, of(`instar, ${store}, near cache (Express)`), of(`instar, ${store} (Express)`))),
    lostGoal(figures),
    ...dropInGoals(figures),
    ...growthGoals(figures),
  ]
}

const share = (value: number): string => value.toFixed(2)

function costGoal(number: string, ours: Figure | undefined, theirs: Figure | undefined, divisor: number, what: string): Goal {
  const goal = `${what}, at most 1/${divisor}`
  if (!ours?.cost || !theirs?.cost || theirs.cost.fifth <= 0) return { number, goal, measured: '', isReached: undefined }
  const ratio = ours.cost.fifth / theirs.cost.fifth
  return { number, goal, measured: `${share(ratio)} (${ours.cost.fifth} of ${theirs.cost.fifth} µs)`, isReached: ratio <= 1 / divisor }
}

function totalGoal(framework: string, ours: Figure | undefined, bare: Figure | undefined): Goal {
  const goal = `a read, memory, ${framework}: at most 1.25 × the bare framework`
  if (!ours || !bare) return { number: '1', goal, measured: '', isReached: undefined }
  const ratio = ours.cpu.fifth / bare.cpu.fifth
  return { number: '1', goal, measured: `${share(ratio)} (${ours.cpu.fifth} of ${bare.cpu.fifth} µs)`, isReached: ratio <= 1.25 }
}

/** What the cache in the process gains; that it gains anything is all that is wanted. */
function gainGoal(store: string, near: Figure | undefined, far: Figure | undefined): Goal {
  const goal = `a read, ${store}: the near cache costs less than none`
  if (!near?.cost || !far?.cost || far.cost.fifth <= 0) return { number: '4', goal, measured: '', isReached: undefined }
  const sent = Object.entries(near.commands ?? {}).map(([command, calls]) => `${command} ${calls}`)
  const ratio = near.cost.fifth / far.cost.fifth
  const commands = sent.length > 0 ? `; ${sent.join(', ')}` : ''
  return { number: '4', goal, measured: `${share(ratio)} (${near.cost.fifth} of ${far.cost.fifth} µs)${commands}`, isReached: ratio < 1 }
}

function commandsGoal(number: string, what: string, figure: Figure | undefined, expected: number): Goal {
  const goal = `${what}, ${expected} or, with others of the same turn, less`
  if (!figure?.commands) return { number, goal, measured: '', isReached: undefined }
  const sent = Object.entries(figure.commands)
  // What a script runs within the engine is in brackets.
  const count = sent.reduce((total, [command, calls]) => (command.startsWith('(') ? total : total + calls), 0)
  return { number, goal, measured: sent.map(([command, calls]) => `${command} ${calls}`).join(', '), isReached: count <= expected }
}

function engineGoal(ours: Figure | undefined, theirs: Figure | undefined, divisor: number): Goal {
  const goal = `a read, PostgreSQL: work of the engine, at most 1/${divisor} of connect-pg-simple's`
  if (ours?.engine === undefined || theirs?.engine === undefined) return { number: '2', goal, measured: '', isReached: undefined }
  const ratio = ours.engine / theirs.engine
  return { number: '2', goal, measured: `${share(ratio)} (${ours.engine} of ${theirs.engine} µs)`, isReached: ratio <= 1 / divisor }
}

function microGoals({ micro }: Figures): readonly Goal[] {
  const count = (calls: StoreCalls): number => Object.values(calls).reduce((total, each) => total + each, 0)
  const shown = (calls: StoreCalls): string =>
    Object.entries(calls)
      .map(([operation, each]) => `${each} ${operation}`)
      .join(', ') || 'no call'
  const path = (name: string, goal: string, isReached: (calls: StoreCalls, microseconds: number) => boolean): Goal => {
    const figure = micro?.paths[name]
    if (!figure) return { number: '3', goal, measured: '', isReached: undefined }
    return {
      number: '3',
      goal,
      measured: `${shown(figure.storeCalls)}, ${figure.microseconds} µs`,
      isReached: isReached(figure.storeCalls, figure.microseconds),
    }
  }
  const change = (name: 'login' | 'logout', most: number): Goal => {
    const calls = micro?.changes[name]
    const goal = `${name}: at most ${most} operation${most === 1 ? '' : 's'} on the store`
    return calls ? { number: '5', goal, measured: shown(calls), isReached: count(calls) <= most } : { number: '5', goal, measured: '', isReached: undefined }
  }
  return [
    path('no cookie', 'no cookie: no store call, at most 3 µs', (calls, microseconds) => count(calls) === 0 && microseconds <= 3),
    path('dead cookie', 'dead cookie: one find', (calls) => count(calls) === 1 && calls['find'] === 1),
    change('login', 2),
    change('logout', 1),
  ]
}

function lostGoal({ subjects }: Figures): Goal {
  const counts = Object.entries(subjects).flatMap(([name, { lostUpdates }]) => (lostUpdates !== undefined && name.startsWith('instar,') ? [lostUpdates] : []))
  const lost = counts.reduce((total, count) => total + count, 0)
  return {
    number: '5',
    goal: '100 parallel writes to one session: none lost',
    measured: counts.length ? `${lost} lost in ${counts.length} subjects` : '',
    isReached: counts.length ? lost === 0 : undefined,
  }
}

const ORIGINALS: { readonly [dropIn: string]: string } = {
  '@instar/express-session': 'express-session',
  '@instar/express-session + @instar/passport': 'express-session + passport',
}

function dropInGoals({ subjects }: Figures): readonly Goal[] {
  return Object.entries(subjects).flatMap(([name, { library = '', works }]) => {
    const original = ORIGINALS[library]
    if (!original) return []
    const theirs = subjects[name.replace(library, original)]?.works
    return Object.entries(works).map(([work, ours]): Goal => {
      const most = work === 'read' ? 0.5 : 1
      const other = theirs?.[work as WorkName]
      const goal = `${name}, ${work}: at most ${most} of the original's cost`
      if (!ours?.cost || !other?.cost || other.cost.fifth <= 0) return { number: '6', goal, measured: '', isReached: undefined }
      const ratio = ours.cost.fifth / other.cost.fifth
      return { number: '6', goal, measured: `${share(ratio)} (${ours.cost.fifth} of ${other.cost.fifth} µs)`, isReached: ratio <= most }
    })
  })
}

/** More than noise: so much more at the end than at the beginning. */
const GROWTH = 1.25

function growthGoals({ growth }: Figures): readonly Goal[] {
  return growth.flatMap(({ title, series, unit }) =>
    Object.entries(series)
      .filter(([name]) => name.startsWith('instar,'))
      .map(([name, points]): Goal => {
        const [first, last] = [points[0], points.at(-1)]
        const goal = `${title}: ${name}, from ${first?.at} to ${last?.at} ${unit} no growth`
        if (!first || !last || first === last) return { number: '7', goal, measured: '', isReached: undefined }
        return { number: '7', goal, measured: `${first.cost} to ${last.cost} µs`, isReached: last.cost <= first.cost * GROWTH }
      }),
  )
}
