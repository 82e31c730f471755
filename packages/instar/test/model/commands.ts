import fc from 'fast-check'
import type { Act, Administration, How, Who } from './server-process.ts'
import { IN_ONE_PROCESS, type Stage } from './stages.ts'
import { ModelWorld } from './world.ts'

/** One thing that happens. */
export type Command =
  | { readonly do: 'begin'; readonly who: Who; readonly act: Act; readonly process: number }
  | { readonly do: 'step'; readonly index: number; readonly how: How }
  | { readonly do: 'deliver'; readonly who: Who; readonly index: number; readonly isLost: boolean }
  | { readonly do: 'carry'; readonly from: Who; readonly cookie: 'login' | 'anonymous' }
  | { readonly do: 'administer'; readonly what: Administration; readonly userId: Who; readonly process: number }
  | { readonly do: 'crash'; readonly process: number }
  | { readonly do: 'wait'; readonly milliseconds: number }

const who = fc.constantFrom<Who>('victim', 'attacker')
const small = fc.nat(7)
const act = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Act>('login', 'count') },
  { weight: 3, arbitrary: fc.constantFrom<Act>('elevate', 'logout', 'keep a secret') },
  { weight: 2, arbitrary: fc.constantFrom<Act>('look', 'ask who', 'logout everywhere') },
)

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('begin' as const), who, act, process: fc.nat(1) }) },
  {
    weight: 24,
    arbitrary: fc.record({
      do: fc.constant('step' as const),
      index: small,
      how: fc.oneof(
        { weight: 20, arbitrary: fc.constant('done' as const) },
        { weight: 1, arbitrary: fc.constantFrom('refused' as const, 'answer lost' as const) },
      ),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('deliver' as const), who, index: small, isLost: fc.integer({ min: 0, max: 9 }).map((n) => n === 0) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('carry' as const), from: who, cookie: fc.constantFrom('login' as const, 'anonymous' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('administer' as const),
      what: fc.constantFrom<Administration>('change password', 'revoke all', 'revoke everyone'),
      userId: who,
      process: fc.nat(1),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), process: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), milliseconds: fc.constantFrom(1_000, 5 * 60_000, 31 * 60_000, 13 * 3_600_000) }) },
)

async function perform(world: ModelWorld, command: Command): Promise<void> {
  if (command.do === 'begin') await world.begin(command.who, command.act, command.process)
  else if (command.do === 'step') await world.step(command.index, command.how)
  else if (command.do === 'deliver') world.deliver(command.who, command.index, command.isLost)
  else if (command.do === 'carry') world.carry(command.from, command.cookie)
  else if (command.do === 'administer') await world.administer(command.what, command.userId, command.process)
  else if (command.do === 'crash') await world.crash(command.process)
  else world.wait(command.milliseconds)
}

const LIMITS = [undefined, undefined, { perUser: 1, atLimit: 'end-oldest' }, { perUser: 2, atLimit: 'refuse' }] as const

export interface ModelOutcome {
  readonly runs: number
  readonly commands: number
  /** Undefined when nobody was who they may not be; else the shortest way there. */
  readonly violation: string | undefined
}

/** Plays random histories against the real manager, on the stages by turns, until one shows somebody who they may not be. */
export async function playModel(runs: number, seed: number, stages: readonly Stage[] = IN_ONE_PROCESS): Promise<ModelOutcome> {
  let played = 0
  let performed = 0
  const history = fc.record({
    store: fc.constantFrom(...stages.map(({ name }) => name)),
    limit: fc.constantFrom(...LIMITS),
    commands: fc.array(command, { minLength: 10, maxLength: 80, size: 'max' }),
  })
  const property = fc.asyncProperty(history, async ({ store, limit, commands }) => {
    const stage = stages.find(({ name }) => name === store) as Stage
    const world = new ModelWorld(await stage.setUp(limit === undefined ? {} : { limit }))
    played++
    try {
      for (const each of commands) {
        await perform(world, each)
        performed++
      }
      await world.rest()
    } catch (error) {
      await world.abandon()
      throw error
    }
  })
  const outcome = await fc.check(property, { numRuns: runs, seed })
  const { failed, errorInstance, counterexample, counterexamplePath, numRuns, numShrinks } = outcome
  const found = `found in run ${numRuns}, made shorter ${numShrinks} times; seed ${outcome.seed}, path ${counterexamplePath}`
  const violation = failed ? `${errorInstance}\n${found}\n${JSON.stringify(counterexample, null, 1)}` : undefined
  return { runs: played, commands: performed, violation }
}
