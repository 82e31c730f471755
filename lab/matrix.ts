import type { Browser } from 'playwright-core'
import { STACKS, type Stack } from './apps/stack.ts'
import { attacks, type NamedAttack } from './attacks/index.ts'
import { type Homes, makeHomes } from './homes.ts'
import { remainderOf } from './promises.ts'
import { Recorder, type Screens, type Step } from './recorder.ts'
import type { Stage } from './stage.ts'
import type { Outcome } from './verdict.ts'
import { AttackerSite } from './world/attacker-site.ts'
import { type Certificate, makeCertificate } from './world/authority.ts'
import { findChromium, launchChromium } from './world/chromium.ts'
import { inTime } from './world/in-time.ts'
import { Person } from './world/person.ts'
import { Provider } from './world/provider.ts'
import { StackProcess } from './world/running-stack.ts'

/** One attack on one stack. */
export interface Cell extends Outcome {
  readonly attack: string
  readonly stack: string
  readonly milliseconds: number
  /** It was played twice, since the first play did not come to its end. */
  readonly again?: true
}

export interface Matrix {
  readonly cells: readonly Cell[]
  readonly seconds: number
}

/** What everything is played with. */
export interface World {
  readonly browser: Browser
  /** The browser that people have, where the other one differs in what an attack is about. */
  wholeBrowser(): Promise<Browser>
  readonly site: AttackerSite
  readonly certificate: Certificate
  readonly homes: Homes
  /** The process of a venue's banks: one, started when it is asked for. */
  process(venue: Venue): Promise<StackProcess>
  /** Ends the processes. */
  rest(): Promise<void>
  close(): Promise<void>
}

export async function openWorld(): Promise<World> {
  const certificate = await makeCertificate()
  const { quick, whole } = findChromium()
  const [homes, browser, site, provider] = [
    await makeHomes(),
    await launchChromium(quick, certificate),
    await AttackerSite.open(certificate),
    await Provider.open(certificate),
  ]
  let wholeBrowser = whole === quick ? Promise.resolve(browser) : undefined
  const processes = new Map<string, Promise<StackProcess>>()
  const rest = async (): Promise<void> => {
    const all = [...processes.values()]
    processes.clear()
    await Promise.allSettled(all.map(async (started) => (await started).stop()))
  }
  return {
    browser,
    wholeBrowser: () => (wholeBrowser ??= launchChromium(whole, certificate)),
    site,
    certificate,
    homes,
    process({ stack, home, flags }) {
      const key = `${home} ${stack.name}`
      let started = processes.get(key)
      if (!started) {
        const fresh = (started = StackProcess.start(stack, home, certificate, provider.addresses, flags))
        processes.set(key, fresh)
        const forget = (): boolean => processes.get(key) === fresh && processes.delete(key)
        fresh.then(({ ended }) => ended).then(forget, forget)
      }
      return started
    },
    rest,
    async close() {
      await rest()
      site.close()
      provider.close()
      await browser.close()
      await (await wholeBrowser)?.close()
      homes.remove()
    },
  }
}

/** A stack, and the installation that it runs on. */
export interface Venue {
  readonly stack: Stack
  readonly home: string
  readonly flags?: readonly string[]
}

/** How a play is watched: what is seen goes into `screens`, and `onStep` is waited for at each step. */
export interface Watching {
  readonly screens: Screens
  onStep?(step: Step): Promise<void> | void
}

export interface Play {
  readonly cell: Cell
  /** What was seen, where somebody watched. */
  readonly steps: readonly Step[]
}

/** Plays one attack on a bank of its own. What fails while it is played is an error of the lab, never a verdict. */
export async function playOne(world: World, attack: NamedAttack, venue: Venue, watching?: Watching): Promise<Play> {
  const start = performance.now()
  const { stack } = venue
  const browser = attack.needsWholeBrowser ? await world.wholeBrowser() : world.browser
  return onStage(world, venue, browser, `${attack.name} on ${stack.name}`, async ({ app, victim, attacker }) => {
    const recorder = watching && new Recorder(watching.screens, victim, attacker)
    const tell = async (text: string): Promise<void> => {
      const step = await recorder?.note(text)
      if (step) await watching?.onStep?.(step)
    }
    const stage = { app, victim, attacker, site: world.site, tell }
    const outcome = await (watching?.onStep ? attack.play(stage) : inTime(attack.play(stage)))
    const left = remainderOf(attack, stack, outcome.verdict)
    const cell = { attack: attack.name, stack: stack.name, ...(left && { note: left.note }), ...outcome, milliseconds: Math.round(performance.now() - start) }
    return { cell, steps: recorder?.steps ?? [] }
  })
}

/** Throws where people cannot log in, see their account and log out: on such a stack nothing that looks safe means anything. */
async function useAsMeant(world: World, venue: Venue): Promise<void> {
  await onStage(world, venue, world.browser, `The ordinary use of ${venue.stack.name}`, async ({ victim }) => {
    await inTime(victim.logIn('ann'))
    const during = await victim.who()
    await inTime(victim.logOut())
    const after = await victim.who()
    if (during !== 'ann' || after !== null) throw new Error(`It took ann for ${during} after the login, and for ${after} after the logout.`)
  })
}

/** A bank that nobody else uses, and two people with browsers of their own. */
async function onStage<Result>(
  world: World,
  venue: Venue,
  browser: Browser,
  what: string,
  play: (stage: Omit<Stage, 'site' | 'tell'>) => Promise<Result>,
): Promise<Result> {
  const app = await inTime((async () => (await world.process(venue)).open())())
  const [victim, attacker] = await Promise.all([Person.arrive('victim', browser, app), Person.arrive('attacker', browser, app)])
  try {
    return await play({ app, victim, attacker })
  } catch (cause) {
    throw new Error(`${what} could not be played to its end.`, { cause })
  } finally {
    await inTime(Promise.all([victim.leave(), attacker.leave(), app.close()]))
  }
}

/** So many are played at a time. */
const AT_ONCE = 3

export interface Played extends Matrix {
  readonly stories: ReadonlyMap<string, readonly Step[]>
}

/** Plays every attack at every venue, or those whose names have a word. */
export async function playAll(world: World, venues: readonly Venue[], only: string, report: (cell: Cell) => void, screens?: Screens): Promise<Played> {
  const start = performance.now()
  const all = await attacks()
  const chosen = all
    .flatMap((attack) => venues.map((venue) => ({ attack, venue })))
    .filter(({ attack, venue }) => `${attack.name} on ${venue.stack.name}`.includes(only))
  for (const venue of new Set(chosen.map(({ venue }) => venue))) await useAsMeant(world, venue)
  const plays: Play[] = []
  const waiting = [...chosen.entries()]
  const player = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [at, { attack, venue }] = next
      const play = (): Promise<Play> => playOne(world, attack, venue, screens && { screens })
      const played = await play().catch(async (failure: Error) => {
        console.error(`${failure.message} Once more.`, failure.cause) // A browser that stumbles says nothing of a stack.
        const second = await play()
        return { ...second, cell: { ...second.cell, again: true as const } }
      })
      plays[at] = played
      report(played.cell)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, player))
  await world.rest()
  return {
    cells: plays.map(({ cell }) => cell),
    seconds: Math.round((performance.now() - start) / 1000),
    stories: new Map(plays.map(({ cell, steps }) => [`${cell.attack}/${cell.stack}`, steps])),
  }
}

export const venuesOf = ({ homes }: World): readonly Venue[] => STACKS.map((stack) => ({ stack, home: homes.of(stack) }))
