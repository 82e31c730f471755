import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Place } from './drivers.ts'
import type { Flaw } from './flawed-stores.ts'
import type { Answer, Order } from './ledger.ts'

export interface Setup {
  readonly place: Place
  readonly flaw?: Flaw | undefined
}

export type Message = { readonly id: number; readonly order: Order } | { readonly limitPages: number }

/** The longest that an answer may take: the store's patience, some times over. */
const PATIENCE_MS = 60_000

/** A process of the application, as its visitors see it. */
export class ApplicationProcess {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, (answer: Answer | undefined) => void>()
  readonly #ended: Promise<unknown>
  #lastId = 0
  #stderr = ''
  #isToEnd = false
  /** How it ended, where nobody had asked it to. */
  death: string | undefined

  static async start(setup: Setup): Promise<ApplicationProcess> {
    const child = fork(join(import.meta.dirname, 'application.ts'), [JSON.stringify(setup)], {
      execArgv: ['--conditions=instar-source'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const process = new ApplicationProcess(child)
    await Promise.race([once(child, 'message'), process.#ended])
    if (process.death !== undefined) throw new Error(`The application did not start: ${process.death}`)
    return process
  }

  private constructor(child: ChildProcess) {
    this.#child = child
    child.stderr?.setEncoding('utf8').on('data', (text) => (this.#stderr = (this.#stderr + text).slice(-4_000)))
    child.on('message', (message: { readonly id: number; readonly answer: Answer } | 'ready') => {
      if (message !== 'ready') this.#settle(message.id, message.answer)
    })
    // Not 'exit': by 'close' every answer that had left the process has been read.
    this.#ended = once(child, 'close').then(([code, signal]) => {
      if (!this.#isToEnd) this.death = `it ended with ${signal ?? `code ${code}`}. ${this.#stderr}`
      for (const id of [...this.#waiting.keys()]) this.#settle(id, undefined)
    })
  }

  get isRunning(): boolean {
    return !this.#isToEnd && this.death === undefined
  }

  /** The answer; undefined where the process ended before it was given. */
  ask(order: Order): Promise<Answer | undefined> {
    const id = ++this.#lastId
    const { promise, resolve, reject } = Promise.withResolvers<Answer | undefined>()
    const timer = setTimeout(() => reject(new Error(`No answer to ${order.act} within ${PATIENCE_MS / 1000} seconds.`)), PATIENCE_MS)
    this.#waiting.set(id, resolve)
    this.tell({ id, order })
    if (!this.isRunning) this.#settle(id, undefined)
    return promise.finally(() => clearTimeout(timer))
  }

  tell(message: Message): void {
    if (this.#child.connected) this.#child.send(message, () => {})
  }

  async kill(): Promise<void> {
    this.#isToEnd = true
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  #settle(id: number, answer: Answer | undefined): void {
    this.#waiting.get(id)?.(answer)
    this.#waiting.delete(id)
  }
}
