import { Client } from '../support/client.ts'
import type { Promised } from './promise.ts'

type Step = 'cart' | 'login' | 'register' | 'logout'

export interface Orders {
  readonly random: (below: number) => number
  /** Called with each answer that came; the process may be dead when it returns. */
  readonly onAnswer: (step: Step) => void
  /** Accounts that are there, all with the one password. */
  readonly accounts: readonly string[]
  readonly password: string
  /** A name that nobody has. */
  readonly freshName: () => string
}

/** What visitors do, one after another, each with new cookies; most of them end with a login that must last. */
const VISITS: readonly (readonly Step[])[] = [
  ['cart', 'cart', 'login', 'cart', 'cart'],
  ['cart', 'register', 'cart', 'cart'],
  ['login', 'cart', 'cart', 'logout', 'cart'],
  ['cart', 'cart', 'cart', 'cart', 'cart', 'cart', 'cart', 'cart'],
]

export class UnexpectedAnswer extends Error {}

/** Visits without pause until the process is dead; what each visitor was told. */
export async function visitUntilDeath(origin: string, orders: Orders): Promise<Promised[]> {
  const promises: Promised[] = []
  while (true) {
    const visitor = new Visitor(origin, orders)
    const outlived = await visitor.go(VISITS[orders.random(VISITS.length)] ?? [])
    promises.push(visitor.promised)
    if (!outlived) return promises
  }
}

class Visitor {
  readonly #client: Client
  readonly #orders: Orders
  promised: Promised = { cookies: new Map(), user: null, cart: 0, isUnsettled: false }

  constructor(origin: string, orders: Orders) {
    this.#client = new Client(origin)
    this.#orders = orders
  }

  /** Whether the process outlived the visit. */
  async go(steps: readonly Step[]): Promise<boolean> {
    try {
      for (const step of steps) await this.#take(step)
      return true
    } catch (error) {
      if (error instanceof UnexpectedAnswer) throw error
      return false
    }
  }

  async #take(step: Step): Promise<void> {
    const { accounts, password, freshName, random, onAnswer } = this.#orders
    const { user, cart } = this.promised
    const username = step === 'register' ? freshName() : (accounts[random(accounts.length)] ?? '')
    this.promised = { ...this.promised, isUnsettled: step !== 'cart' }
    const { status, text } = await this.#client.post(`/${step}`, step === 'cart' ? { item: 'lens' } : { username, password })
    if (status !== 303) throw new UnexpectedAnswer(`POST /${step} was answered with ${status}: ${text}`)
    const cookies = new Map(this.#client.cookies)
    if (step === 'cart') this.promised = { cookies, user, cart: cart + 1, isUnsettled: false }
    else if (step === 'logout') this.promised = { cookies, user: null, cart: 0, isUnsettled: false }
    else this.promised = { cookies, user: username, cart, isUnsettled: false }
    onAnswer(step)
  }
}
