import { createHash } from 'node:crypto'
import type { Response } from 'playwright-core'
import { HOSTS } from './world/hosts.ts'
import type { Person } from './world/person.ts'

/** One moment of a story. Screens are names in the recorder's `screens`; empty where somebody has no page open. */
export interface Step {
  readonly text: string
  readonly victim: string
  readonly attacker: string
  /** What went over the wire since the step before, cookies shortened. */
  readonly wire: readonly string[]
}

/** Screens by name, as data URLs: many moments show the same one. */
export type Screens = Map<string, string>

/** Writes down what two people saw and what their browsers sent. */
export class Recorder {
  readonly steps: Step[] = []
  readonly #screens: Screens
  readonly #people: readonly [victim: Person, attacker: Person]
  #wire: Promise<readonly string[]>[] = []

  constructor(screens: Screens, victim: Person, attacker: Person) {
    this.#screens = screens
    this.#people = [victim, attacker]
    for (const person of this.#people) person.context.on('response', (response) => void this.#wire.push(linesOf(person.name, response)))
  }

  async note(text: string): Promise<Step> {
    const wire = (await Promise.all(this.#wire.splice(0))).flat()
    const [victim, attacker] = await Promise.all(this.#people.map((person) => this.#screenOf(person)))
    const step: Step = { text, victim: victim as string, attacker: attacker as string, wire }
    this.steps.push(step)
    return step
  }

  /** A page that is just being left has no screen: then the next try has. */
  async #screenOf({ page }: Person): Promise<string> {
    if (page.url() === 'about:blank') return ''
    for (let triesLeft = 5; ; triesLeft--) {
      try {
        const data = (await page.screenshot({ type: 'jpeg', quality: 40, animations: 'disabled' })).toString('base64')
        const name = createHash('sha256').update(data).digest('hex').slice(0, 12)
        this.#screens.set(name, `data:image/jpeg;base64,${data}`)
        return name
      } catch (error) {
        if (triesLeft === 0) throw error
        await page.waitForLoadState()
      }
    }
  }
}

const KNOWN: readonly string[] = Object.values(HOSTS)

/** What one request and its answer said of cookies; nothing for what the lab itself put in the way. */
async function linesOf(who: string, response: Response): Promise<readonly string[]> {
  const url = new URL(response.url())
  if (!KNOWN.includes(url.hostname) && !url.hostname.endsWith('.bank.test')) return []
  try {
    const [asked, answered] = await Promise.all([response.request().allHeaders(), response.headersArray()])
    const cookie = asked['cookie'] === undefined ? '' : `  Cookie: ${asked['cookie'].split('; ').map(shortened).join('; ')}`
    const set = answered.filter(({ name }) => name.toLowerCase() === 'set-cookie').flatMap(({ value }) => value.split('\n'))
    const lines = [`${who} → ${response.request().method()} ${url.protocol}//${url.hostname}${url.pathname}${cookie}`]
    const shown = set.slice(0, 3).map((line) => `  Set-Cookie: ${shortened(line)}`)
    return [...lines, `${who} ← ${response.status()}${shown.join('')}${set.length > 3 ? `  and ${set.length - 3} more` : ''}`]
  } catch {
    return [] // The page was closed meanwhile.
  }
}

/** A cookie with so much of its value that one can tell it from another. */
export const shortened = (pair: string): string => pair.replace(/=([^;]{12})[^;]*/, '=$1…')
