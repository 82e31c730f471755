import { type LoadedUser, SessionManager, type SessionStore } from 'instar'
import type { TestClock } from 'instar/testing'
import { type Manager, runRequest } from './request.ts'
import type { Administration, Circumstances, How, ModelOptions, Order, Report, ServerProcess, Who } from './server-process.ts'
import { Waiting } from './waiting.ts'

/** A process from its start to its crash; what is still said of it afterwards reaches nobody. */
interface Life {
  readonly manager: Manager
  readonly waiting: Waiting
  readonly reports: Report[]
}

/** A server process within this one: it shares nothing with others but the store and the clock. */
export class LocalProcess implements ServerProcess {
  readonly #store: SessionStore
  readonly #clock: TestClock
  readonly #options: ModelOptions
  #stamps: Readonly<Record<Who, number>> = { victim: 1, attacker: 1 }
  #life: Life

  /** The clock is the one that the store goes by. */
  constructor(store: SessionStore, clock: TestClock, options: ModelOptions) {
    this.#store = store
    this.#clock = clock
    this.#options = options
    this.#life = this.#start()
  }

  begin(order: Order, circumstances: Circumstances): Promise<readonly Report[]> {
    return this.#during(circumstances, ({ manager, waiting, reports }) => {
      const stamp = String(circumstances.stamps[order.who])
      const tell = (report: Report): void => void reports.push(report)
      const request = runRequest(manager, order, stamp, () => waiting.pause(), tell)
      request.catch((error) => tell({ kind: 'failed', why: String((error as Error).stack ?? error) }))
    })
  }

  administer(number: number, what: Administration, userId: Who, circumstances: Circumstances): Promise<readonly Report[]> {
    return this.#during(circumstances, ({ manager, reports }) => {
      const ending = what === 'revoke everyone' ? manager.revokeEveryone() : manager.revokeAll(userId)
      const note = (): void => void reports.push({ kind: 'administered', number })
      ending.then(note, () => {})
    })
  }

  go(work: number, how: How, circumstances: Circumstances): Promise<readonly Report[]> {
    return this.#during(circumstances, ({ waiting }) => waiting.go(work, how))
  }

  async crash(): Promise<void> {
    this.#life.waiting.end()
    this.#life = this.#start()
    await settled()
  }

  #start(): Life {
    const reports: Report[] = []
    const waiting = new Waiting((report) => reports.push(report))
    const loadUser = async (id: string): Promise<LoadedUser<string>> => {
      await waiting.pause()
      const loaded = { user: id, stamp: String(this.#stamps[id as Who]) }
      await waiting.pause()
      return loaded
    }
    const store = waiting.storeOf(this.#store)
    // A turn may be long in coming, which is no failure of the store.
    const manager: Manager = new SessionManager({ store, now: this.#clock.now, loadUser, storeTimeout: '1d', ...this.#options })
    return { manager, waiting, reports }
  }

  async #during({ now, stamps }: Circumstances, work: (life: Life) => void | Promise<void>): Promise<readonly Report[]> {
    this.#clock.time = now
    this.#stamps = stamps
    await work(this.#life)
    await settled()
    return this.#life.reports.splice(0)
  }
}

/** When nothing is left but what waits for its turn: no store is at work then, and all the rest is microtasks. */
const settled = (): Promise<void> => new Promise((done) => setImmediate(done))
