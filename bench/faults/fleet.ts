import { ApplicationProcess, type Message, type Setup } from './application-process.ts'
import type { Answer, Order } from './ledger.ts'

const PROCESSES = 2
const STARTS = 10

/** The processes of an application behind a balancer: any of them may serve any request. */
export class Fleet {
  readonly #setup: Setup
  #processes: readonly ApplicationProcess[] = []
  #starting: Promise<void> | undefined
  /** How processes ended that nobody had ended. */
  readonly deaths: string[] = []

  constructor(setup: Setup) {
    this.#setup = setup
  }

  /** Starts the processes that do not run. */
  start(): Promise<void> {
    this.#starting ??= this.#start().finally(() => (this.#starting = undefined))
    return this.#starting
  }

  get size(): number {
    return PROCESSES
  }

  async ask(order: Order, which: number): Promise<Answer | undefined> {
    await this.#starting
    const process = this.#processes[which % PROCESSES]
    const answer = await process?.ask(order)
    if (process?.death !== undefined) await this.start()
    return answer
  }

  tell(message: Message): void {
    for (const process of this.#processes) process.tell(message)
  }

  /** SIGKILL to all of them at once, and others in their place. */
  async killAndReplace(): Promise<void> {
    const killed = Promise.all(this.#processes.map((process) => process.kill()))
    this.#processes = []
    this.#starting = killed.then(() => this.#start()).finally(() => (this.#starting = undefined))
    await this.#starting
  }

  async stop(): Promise<void> {
    await this.#starting
    await Promise.all(this.#processes.map((process) => process.kill()))
  }

  async #start(): Promise<void> {
    this.deaths.push(...this.#processes.flatMap(({ death }) => (death === undefined ? [] : [death])))
    const running = this.#processes.filter(({ isRunning }) => isRunning)
    const missing = Array.from({ length: PROCESSES - running.length }, () => this.#startOne())
    this.#processes = [...running, ...(await Promise.all(missing))]
  }

  /** As a supervisor does: where a process does not come up in the midst of an outage, another is started. */
  async #startOne(): Promise<ApplicationProcess> {
    for (let left = STARTS; ; left--) {
      try {
        return await ApplicationProcess.start(this.#setup)
      } catch (error) {
        this.deaths.push((error as Error).message)
        if (left === 0) throw error
      }
    }
  }
}
