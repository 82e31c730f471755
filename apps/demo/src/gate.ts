export interface GateOptions {
  /** How many tasks run at the same time. */
  readonly atOnce: number
  /** How many more may wait for their turn. */
  readonly waiting: number
  /** The error for a task that finds no place. */
  readonly refusal: () => Error
}

/** Runs a few tasks at a time and lets a few more wait, first come first served; the rest is refused at once. */
export class Gate {
  readonly #options: GateOptions
  readonly #queue: (() => void)[] = []
  #running = 0

  constructor(options: GateOptions) {
    this.#options = options
  }

  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    await this.#enter()
    try {
      return await task()
    } finally {
      this.#leave()
    }
  }

  #enter(): Promise<void> {
    const { atOnce, waiting, refusal } = this.#options
    if (this.#running === atOnce) {
      if (this.#queue.length === waiting) return Promise.reject(refusal())
      return new Promise((resolve) => this.#queue.push(resolve))
    }
    this.#running++
    return Promise.resolve()
  }

  /** The place goes straight to the next in the queue, so that nobody who comes in between takes it. */
  #leave(): void {
    const next = this.#queue.shift()
    if (next) next()
    else this.#running--
  }
}
