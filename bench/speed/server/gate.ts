/** Lets nobody through before all are there. */
export class Gate {
  #awaited = 0
  #arrived = 0
  #open = Promise.withResolvers<void>()

  /** Closes it until so many have come. */
  close(awaited: number): void {
    this.#awaited = awaited
    this.#arrived = 0
    this.#open = Promise.withResolvers()
  }

  readonly pass = (): Promise<void> => {
    if (this.#awaited === 0) return Promise.resolve()
    if (++this.#arrived === this.#awaited) {
      this.#awaited = 0
      this.#open.resolve()
    }
    return this.#open.promise
  }
}

/** Of this process: it serves one subject. */
export const gate = new Gate()
