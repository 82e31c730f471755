/** How long one waits for the one before, and may keep the next waiting, in milliseconds; then they go on beside each other. */
const PATIENCE = 5_000

export interface Turn {
  /** Resolves when it is this one's turn. */
  readonly ready: Promise<unknown>
  /** Lets the next one go; may be called before. */
  release(): void
}

/** Lets what concerns one session follow each other within this process. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  take(sid: string): Turn {
    const before = this.#last.get(sid)
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const ready = before === undefined ? Promise.resolve() : within(before)
    const done = ready.then(() => within(released))
    this.#last.set(sid, done)
    done.then(() => {
      if (this.#last.get(sid) === done) this.#last.delete(sid)
    })
    return { ready, release }
  }
}

async function within(work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>()
  const timer = setTimeout(late.resolve, PATIENCE).unref()
  await Promise.race([work, late.promise])
  clearTimeout(timer)
}
