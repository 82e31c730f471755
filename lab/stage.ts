import type { Outcome, Verdict } from './verdict.ts'
import type { AttackerSite } from './world/attacker-site.ts'
import { byHand, type Known } from './world/by-hand.ts'
import { CHOSEN, type Person } from './world/person.ts'
import type { RunningStack } from './world/running-stack.ts'

/** Where one attack is played on one stack: a bank that nobody else uses, and two people with browsers of their own. */
export interface Stage {
  readonly app: RunningStack
  readonly victim: Person
  readonly attacker: Person
  readonly site: AttackerSite
  /** Tells what has just happened, to whoever watches. */
  tell(what: string): Promise<void>
}

/** An attack, and how it is played. */
export interface Attack {
  readonly title: string
  /** Who can do it. */
  readonly who: string
  /** What happens, for a reader who has never heard of it. */
  readonly story: string
  /** What decides the verdict. */
  readonly decides: string
  /** Whether a browser without windows would not show it. */
  readonly needsWholeBrowser?: true
  /** What is left of it on Instar: a limit that the design admits. */
  readonly limit?: Remainder
  /** What is left of it where a drop-in takes a package's place and nothing else changes. */
  readonly withDropIns?: Remainder
  /** Whether it may be that there is nothing to attack, on Instar too. */
  readonly mayHaveNothing?: true
  play(stage: Stage): Promise<Outcome>
}

export interface Remainder {
  readonly verdicts: readonly Verdict[]
  /** The stacks that it is left on; all of the kind where they are not named. */
  readonly stacks?: readonly string[]
  /** What the harm comes from, and what ends it. */
  readonly note: string
  /** The stack with a drop-in on which it has ended; absent where no option ends it. */
  readonly endedOn?: string
}

/** Who is who in the end: the question of most attacks. The attacker tries what they know under every name that the bank uses. */
export async function whoIsWho(stage: Stage, known: readonly Known[] = []): Promise<Outcome> {
  const { app, victim, attacker, tell } = stage
  const guesses = known.length === 0 ? [] : (await victim.cookies()).flatMap(({ name }) => known.map(({ value }) => ({ name, value })))
  for (const guess of guesses)
    if ((await app.pageFor('/account', `${guess.name}=${guess.value}`)).includes('data-user="ann"')) {
      await byHand(attacker, [guess])
      break
    }
  const theirs = await attacker.who()
  const mine = await victim.who()
  await tell(`At the end the bank takes the attacker for ${theirs ?? 'nobody'}, and the victim for ${mine ?? 'nobody'}.`)
  if (theirs === 'ann') return { verdict: 'hijacked' }
  if (mine === 'eve') return { verdict: 'in the attacker’s account' }
  return { verdict: mine === 'ann' ? 'safe' : 'does not stick' }
}

/** The same where the attacker has planted what they were given: it may also be believed without a login being theirs. The victim has chosen no language, so one that shows is the attacker's. */
export async function afterPlant(stage: Stage, known: readonly Known[]): Promise<Outcome> {
  const outcome = await whoIsWho(stage, known)
  return outcome.verdict === 'safe' && (await stage.victim.language()) === CHOSEN ? { verdict: 'marked' } : outcome
}

/** Throws where somebody is not logged in whom an attack needs to be: what comes of it then would say nothing. */
export async function mustBe(person: Person, user: string): Promise<void> {
  const shown = await person.who()
  if (shown !== user) throw new Error(`The ${person.name} should be logged in as ${user}, and the bank takes them for ${shown ?? 'nobody'}.`)
}
