import { Random } from '../../packages/instar/test/random.ts'
import { Fleet } from './fleet.ts'
import { playRound, type Round } from './round.ts'
import { nameOf, type Row } from './rows.ts'
import type { Verdict } from './tally.ts'

/** What the rounds of one row came to. */
export interface Result extends Omit<Verdict, 'violations'> {
  readonly fault: string
  readonly engine: string
  readonly driver: string
  readonly server: string
  readonly rounds: number
  readonly strikes: number
  /** Requests that only read, while the fault lasted: answered, and refused. */
  readonly reads: number
  readonly refusedReads: number
  /** Rounds after which every process of the application answered new logins by itself. */
  readonly recovered: number
  /** Processes of the application that ended unasked. */
  readonly deaths: readonly string[]
  readonly violations: readonly string[]
  readonly isControl: boolean
  /** What must not be, in words; empty where all is as documented. */
  readonly failures: readonly string[]
}

const LATEST_MS = 900

/** Plays so many rounds on one server, with one application that lives through all of them unless it is what is killed. */
export async function tryOut(row: Row, wanted: number, seed: number, onRound: (round: number, verdict: Verdict) => void = () => {}): Promise<Result> {
  const rounds = Math.max(wanted, row.leastRounds ?? 1)
  const random = new Random(seed)
  const world = await row.open(seed)
  const fleet = new Fleet({ place: world.place, flaw: row.control?.flaw })
  const played: Round[] = []
  try {
    await fleet.start()
    for (let round = 1; round <= rounds; round++) {
      const one = await playRound(world, fleet, random, row.latest ?? LATEST_MS)
      played.push(one)
      onRound(round, one.verdict)
    }
  } finally {
    await fleet.stop()
    await world.stop()
  }
  const { fault, engine, driver } = row
  const totals = { rounds, ...added(played), deaths: fleet.deaths }
  return { fault, engine, driver, server: world.server, ...totals, isControl: row.control !== undefined, failures: failuresOf(row, totals) }
}

type Totals = Verdict & Pick<Result, 'rounds' | 'recovered' | 'deaths'>

function failuresOf(row: Row, totals: Totals): string[] {
  const { lost, lookedLoggedOut, aliveAgain, usersChanged, countedTwice, strayErrors, rounds, recovered, deaths } = totals
  if (row.control) return totals[row.control.column] > 0 ? [] : [`${nameOf(row)}: nothing was found, so the harness is blind to it`]
  const failures: readonly (readonly [boolean, string])[] = [
    [lost > 0 && !row.mayLose, `${lost} acknowledged operations were lost`],
    [lookedLoggedOut > 0, `${lookedLoggedOut} requests with a good token were answered as if nobody was logged in`],
    [aliveAgain > 0 && !row.mayRevive, `${aliveAgain} tokens that had ended opened a user again`],
    [usersChanged > 0, `${usersChanged} tokens opened another user`],
    [countedTwice > 0, `${countedTwice} increments were counted twice`],
    [strayErrors > 0, `${strayErrors} requests failed with an error that no outage explains`],
    [recovered < rounds, `after ${rounds - recovered} of ${rounds} rounds the application did not recover`],
    [deaths.length > 0, `${deaths.length} processes of the application ended by themselves: ${deaths[0]}`],
  ]
  return failures.filter(([isSo]) => isSo).map(([, what]) => `${nameOf(row)}: ${what}`)
}

function added(played: readonly Round[]): Verdict & Pick<Result, 'strikes' | 'reads' | 'refusedReads' | 'recovered'> {
  const verdicts = played.map(({ verdict }) => verdict)
  const sum = (column: NumberOf<Verdict>): number => verdicts.reduce((total, verdict) => total + verdict[column], 0)
  const sumOf = (column: NumberOf<Round>): number => played.reduce((total, round) => total + round[column], 0)
  const codes: Record<string, number> = {}
  for (const { errorCodes } of verdicts) for (const [code, count] of Object.entries(errorCodes)) codes[code] = (codes[code] ?? 0) + count
  return {
    acknowledged: sum('acknowledged'),
    errors: sum('errors'),
    strayErrors: sum('strayErrors'),
    errorCodes: codes,
    unanswered: sum('unanswered'),
    slowest: Math.max(...verdicts.map(({ slowest }) => slowest)),
    compared: sum('compared'),
    lost: sum('lost'),
    lookedLoggedOut: sum('lookedLoggedOut'),
    aliveAgain: sum('aliveAgain'),
    usersChanged: sum('usersChanged'),
    countedTwice: sum('countedTwice'),
    violations: verdicts.flatMap(({ violations }) => violations),
    strikes: sumOf('strikes'),
    reads: sumOf('reads'),
    refusedReads: sumOf('refusedReads'),
    recovered: played.filter(({ hasRecovered }) => hasRecovered).length,
  }
}

type NumberOf<Type> = { [key in keyof Type]: Type[key] extends number ? key : never }[keyof Type]
