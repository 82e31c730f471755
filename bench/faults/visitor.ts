import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../packages/instar/test/random.ts'
import type { Answer, Order } from './ledger.ts'

export interface Site {
  /** Undefined where the application was gone before it answered. */
  ask(order: Order): Promise<Answer | undefined>
  /** A value that nobody else writes. */
  freshValue(): number
  readonly isOpen: boolean
}

/** How long a visitor thinks between two requests, at most, and after a failed one. */
const THINKING_MS = 15
const RETRY_MS = 60

type Step = 'set' | 'counts' | 'look' | 'lookBack' | 'elevate' | 'logout' | 'login' | 'otherDevice' | 'everywhere' | 'revoke'
const STEPS: readonly Step[] = (
  [
    ['set', 20],
    ['counts', 20],
    ['look', 10],
    ['lookBack', 10],
    ['elevate', 10],
    ['logout', 10],
    ['login', 10],
    ['otherDevice', 6],
    ['everywhere', 1],
    ['revoke', 1],
  ] as const
).flatMap(([step, weight]) => Array<Step>(weight).fill(step))

/** Someone with two accounts and several devices, who does one thing after another; in several tabs now and then. */
export class Visitor {
  readonly #site: Site
  readonly #random: Random
  readonly #users: readonly string[]
  #token: string | undefined
  #mustLogIn = false
  /** Devices that were laid aside, logged in. */
  readonly #aside: string[] = []
  /** Cookies of before, which a thief may have kept. */
  readonly #ended: string[] = []

  constructor(name: string, site: Site, random: Random) {
    this.#users = [`${name}-private`, `${name}-work`]
    this.#site = site
    this.#random = random
  }

  async visit(): Promise<void> {
    while (this.#site.isOpen) {
      const isFine = await this.#step()
      await sleep(this.#random.integer(isFine ? THINKING_MS : RETRY_MS))
    }
  }

  async #step(): Promise<boolean> {
    if (this.#token === undefined && this.#aside.length > 0 && this.#random.chance(3)) this.#token = this.#aside.shift()
    if (this.#token === undefined || this.#mustLogIn) return this.#request({ act: 'login', user: this.#random.pick(this.#users) })
    const step = this.#random.pick(STEPS)
    if (step === 'otherDevice') {
      this.#aside.push(this.#token)
      this.#token = undefined
      return true
    }
    if (step === 'counts') {
      const tabs = await Promise.all(Array.from({ length: 3 }, () => this.#request({ act: 'count' })))
      return tabs.every(Boolean)
    }
    if (step === 'lookBack') {
      const token = this.#random.pick([...this.#ended.slice(-20), ...this.#aside])
      return token === undefined || isFine(await this.#site.ask({ act: 'look', token }))
    }
    if (step === 'revoke') return isFine(await this.#site.ask({ act: 'revoke', user: this.#random.pick(this.#users) }))
    const value = step === 'set' ? this.#site.freshValue() : undefined
    return this.#request({ act: step, user: step === 'login' ? this.#random.pick(this.#users) : undefined, value })
  }

  /** A request with the cookie of now, and the answer's cookie kept. */
  async #request(order: Order): Promise<boolean> {
    const token = this.#token
    const answer = await this.#site.ask({ ...order, token })
    if (answer?.cookie !== undefined) {
      if (token !== undefined) this.#ended.push(token)
      this.#token = answer.cookie || undefined
      this.#mustLogIn = false
    } else if (answer?.failure?.status === 401 || answer?.sight?.user === null) this.#mustLogIn = true
    return isFine(answer)
  }
}

const isFine = (answer: Answer | undefined): boolean => answer !== undefined && answer.failure === undefined
