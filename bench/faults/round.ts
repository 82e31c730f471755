import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../packages/instar/test/random.ts'
import type { Fleet } from './fleet.ts'
import { judge } from './judge.ts'
import { Ledger, succeeded } from './ledger.ts'
import { Stream } from './stream.ts'
import type { Verdict } from './tally.ts'
import { verify } from './verify.ts'
import type { World } from './worlds/world.ts'

export interface Round {
  readonly verdict: Verdict
  /** How often something was killed, cut or filled. */
  readonly strikes: number
  /** Requests that only read, while the fault lasted: answered, and refused. */
  readonly reads: number
  readonly refusedReads: number
  /** Whether every process of the application answered a new login afterwards, without having been restarted by hand. */
  readonly hasRecovered: boolean
}

const FIRST_ANSWERS = 30
const LAST_ANSWERS = 150
const RECOVERY_MS = 30_000
const RETRY_MS = 50

/** A stream of work, a fault in its midst, and a look at everything that was promised. */
export async function playRound(world: World, fleet: Fleet, random: Random, latest: number): Promise<Round> {
  const ledger = new Ledger()
  const stream = new Stream(fleet, ledger, random)
  await stream.successes(FIRST_ANSWERS)
  await sleep(random.integer(latest))
  // At an answer: what it says is as young as can be.
  await stream.successes(1)
  const begin = ledger.position
  const strikes = await world.strike({ fleet, stream, random })
  const end = ledger.position
  const hasRecovered = await recovers(fleet, stream)
  if (hasRecovered) await stream.successes(LAST_ANSWERS)
  await stream.end()
  await verify(world.direct, ledger)
  const reads = ledger.entries.filter(({ act, begun, answer, ended = end }) => act === 'look' && answer && begun >= begin && ended < end)
  const refusedReads = reads.filter((entry) => !succeeded(entry)).length
  return { verdict: judge(ledger.entries), strikes, reads: reads.length - refusedReads, refusedReads, hasRecovered }
}

async function recovers(fleet: Fleet, stream: Stream): Promise<boolean> {
  const end = performance.now() + RECOVERY_MS
  const logsIn = async (which: number): Promise<boolean> => {
    while (performance.now() < end) {
      const answer = await stream.ask({ act: 'login', user: `newcomer${which}` }, which)
      if (answer && !answer.failure) return true
      await sleep(RETRY_MS)
    }
    return false
  }
  const outcomes = await Promise.all(Array.from({ length: fleet.size }, (_, which) => logsIn(which)))
  return outcomes.every(Boolean)
}
