import type { SessionRow } from './session-store.ts'

interface Line {
  tail: Promise<unknown>
  waiting: number
  /** The row as the last of the line left it, so that the next need not read it again. */
  last: SessionRow | undefined
}

/**
 * Lets the commits of one row follow each other within this process. Compare-and-set alone would lose no write either,
 * but a hundred parallel ones would re-read and fail thousands of times.
 */
export class RowQueue {
  readonly #lines = new Map<string, Line>()

  isBusy(id: string): boolean {
    return this.#lines.has(id)
  }

  /** Runs `work` when those before it on the same row are done; `work` returns the row as it left it. */
  async run(id: string, work: (last: SessionRow | undefined) => Promise<SessionRow | undefined>): Promise<SessionRow | undefined> {
    let line = this.#lines.get(id)
    if (!line) this.#lines.set(id, (line = { tail: Promise.resolve(), waiting: 0, last: undefined }))
    const place = line
    place.waiting++
    const turn = place.tail.then(async () => {
      place.last = await work(place.last)
      return place.last
    })
    place.tail = turn.catch(() => {
      place.last = undefined
    })
    try {
      return await turn
    } finally {
      if (--place.waiting === 0) this.#lines.delete(id)
    }
  }
}
