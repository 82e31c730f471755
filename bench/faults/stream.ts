import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../packages/instar/test/random.ts'
import type { Fleet } from './fleet.ts'
import type { Answer, Ledger, Order } from './ledger.ts'
import { type Site, Visitor } from './visitor.ts'

const VISITORS = 16
const PATIENCE_MS = 90_000

/** Visitors at work on an application, each of whose requests is written down before it is begun and when it was answered. */
export class Stream implements Site {
  readonly #fleet: Fleet
  readonly #ledger: Ledger
  readonly #random: Random
  readonly #visits: Promise<void>[]
  readonly #waiting: { left: number; readonly of: (answer: Answer) => boolean; readonly resolve: () => void }[] = []
  #values = 0
  isOpen = true

  constructor(fleet: Fleet, ledger: Ledger, random: Random) {
    this.#fleet = fleet
    this.#ledger = ledger
    this.#random = random
    this.#visits = Array.from({ length: VISITORS }, (_, n) => new Visitor(`visitor${n}`, this, random).visit())
    for (const visit of this.#visits) visit.catch(() => (this.isOpen = false)) // Who waits is told; the others need not go on.
  }

  freshValue(): number {
    return ++this.#values
  }

  async ask(order: Order, which = this.#random.integer(this.#fleet.size)): Promise<Answer | undefined> {
    const entry = this.#ledger.begin(order)
    const answer = await this.#fleet.ask(order, which)
    this.#ledger.end(entry, answer)
    if (answer) this.#tell(answer)
    return answer
  }

  /** Resolves with the answer that is the last of so many successes from now. */
  successes(count: number): Promise<void> {
    return this.#until(count, ({ failure }) => !failure)
  }

  failures(count: number): Promise<void> {
    return this.#until(count, ({ failure }) => failure !== undefined)
  }

  /** Lets each visitor have the answer that they wait for, and no other. */
  async end(): Promise<void> {
    this.isOpen = false
    await Promise.all(this.#visits)
  }

  async #until(left: number, of: (answer: Answer) => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#waiting.push({ left, of, resolve })
    const late = new AbortController()
    try {
      await Promise.race([promise, Promise.all(this.#visits), tooLate(late.signal)])
    } finally {
      late.abort()
    }
  }

  #tell(answer: Answer): void {
    for (const waiting of this.#waiting) if (waiting.of(answer) && --waiting.left === 0) waiting.resolve()
  }
}

async function tooLate(signal: AbortSignal): Promise<void> {
  await sleep(PATIENCE_MS, undefined, { signal }).catch(() => {})
  if (!signal.aborted) throw new Error(`What was waited for did not happen within ${PATIENCE_MS / 1000} seconds.`)
}
