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

  /**
   * Runs `work` when those before it on the same row are done, or with `patience` after so many milliseconds at the latest; `work` returns the row as it left it,
   * and is given it as the one before left it.
   */
  async run(id: string, work: (last: SessionRow | undefined) => Promise<SessionRow | undefined>, patience?: number): Promise<SessionRow | undefined> {
    let line = this.#lines.get(id)
    if (!line) this.#lines.set(id, (line = { tail: Promise.resolve(), waiting: 0, last: undefined }))
    const place = line
    place.waiting++
    const before = patience === undefined || place.waiting === 1 ? place.tail : settledWithin(place.tail, patience)
    const turn = before.then(async () => {
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

async function settledWithin(tail: Promise<unknown>, patience: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const end = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patience)
  })
  try {
    await Promise.race([tail, end])
  } finally {
    clearTimeout(timer)
  }
}
