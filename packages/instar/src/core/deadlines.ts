/** What began at which tick, and how it is given up. */
interface Pending {
  readonly since: number
  giveUp(): void
}

/** So many ticks are the patience; what began within one is given up at its end at the earliest. */
const TICKS = 10

/**
 * Gives up work that takes longer than so many milliseconds, or up to a tenth more. One timer runs for all of it while there is any, and no clock is read, so work
 * that is done in time costs an entry in a set.
 */
export class Deadlines {
  readonly #tickTime: number
  /** In the order of their beginnings. */
  readonly #pending = new Set<Pending>()
  #timer: ReturnType<typeof setInterval> | undefined
  #now = 0

  constructor(patience: number) {
    this.#tickTime = Math.max(1, Math.ceil(patience / TICKS))
  }

  /** What `work` settles with, its error made another by `told`; a rejection with what `late` makes where it takes too long. */
  within<Result>(work: Promise<Result>, told: (error: unknown) => unknown, late: () => unknown): Promise<Result> {
    return new Promise((resolve, reject) => {
      const pending = { since: this.#now, giveUp: () => reject(late()) }
      this.#add(pending)
      work.then(
        (result) => {
          this.#remove(pending)
          resolve(result)
        },
        (error: unknown) => {
          this.#remove(pending)
          reject(told(error))
        },
      )
    })
  }

  #add(pending: Pending): void {
    if (this.#pending.size === 0) this.#start()
    this.#pending.add(pending)
  }

  #remove(pending: Pending): void {
    if (this.#pending.delete(pending) && this.#pending.size === 0) this.#rest()
  }

  #start(): void {
    if (this.#timer === undefined) this.#timer = setInterval(() => this.#tick(), this.#tickTime)
    else if (typeof this.#timer === 'object') this.#timer.ref()
  }

  /** Nothing waits: the timer keeps no process alive, and ends where a tick still finds nothing. */
  #rest(): void {
    if (typeof this.#timer === 'object') this.#timer.unref()
    else this.#stop()
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #tick(): void {
    if (this.#pending.size === 0) return this.#stop()
    this.#now++
    for (const pending of this.#pending) {
      if (this.#now - pending.since <= TICKS) return
      this.#remove(pending)
      pending.giveUp()
    }
  }
}
