import { setTimeout as sleep } from 'node:timers/promises'

/** How long one waits for those before, in milliseconds; then it goes on beside them. */
const PATIENCE = 5_000

/** Lets what concerns one session follow each other within this process. */
export class Turns {
  readonly #tails = new Map<string, Promise<unknown>>()

  /** Waits for those before; resolves to what lets the next one go. */
  async take(sid: string): Promise<() => void> {
    const before = this.#tails.get(sid)
    const { promise, resolve } = Promise.withResolvers<void>()
    const tail = Promise.all([before, promise]).finally(() => {
      if (this.#tails.get(sid) === tail) this.#tails.delete(sid)
    })
    this.#tails.set(sid, tail)
    if (before) await settledWithin(before)
    return resolve
  }
}

async function settledWithin(work: Promise<unknown>): Promise<void> {
  const impatience = new AbortController()
  await Promise.race([work, sleep(PATIENCE, undefined, { signal: impatience.signal }).catch(() => {})])
  impatience.abort()
}
