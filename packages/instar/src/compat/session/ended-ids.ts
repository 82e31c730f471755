/** How long an id that ended is remembered, in milliseconds: longer than a request that knew it should take. */
export const ENDED_MEMORY = 10 * 60_000

/** The ids that this process has seen end. */
export class EndedIds {
  /** In the order of their ends. */
  readonly #ended = new Map<string, number>()
  readonly #onForgotten: (sid: string) => void

  constructor(onForgotten: (sid: string) => void = () => {}) {
    this.#onForgotten = onForgotten
  }

  add(sid: string): void {
    this.#forgetOld()
    this.#ended.delete(sid)
    this.#ended.set(sid, Date.now())
  }

  has(sid: string): boolean {
    const ended = this.#ended.get(sid)
    return ended !== undefined && Date.now() - ended < ENDED_MEMORY
  }

  #forgetOld(): void {
    const oldest = Date.now() - ENDED_MEMORY
    for (const [sid, ended] of this.#ended) {
      if (ended > oldest) return
      this.#ended.delete(sid)
      this.#onForgotten(sid)
    }
  }
}
