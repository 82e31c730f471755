/** Who is told which rows may have changed. */
export interface RowListener {
  /** From now on each change of a row, by any process, is told. */
  live(): void
  /** From now on changes may go untold, and some may have gone so already. */
  lost(): void
  /** A row was written or removed. */
  changed(id: string): void
  /** Any row may have been. */
  changedAll(): void
}

/** The word of an engine of rows that change. */
export interface RowChanges {
  /** Begins to tell, and goes on over broken connections; returns what ends it. */
  follow(listener: RowListener): () => Promise<void>
}

/** A connection on which changes are told. */
export interface ToldLine {
  /** Resolves when it tells; rejects where it cannot. */
  readonly ready: Promise<void>
  /** Resolves when it is broken. */
  readonly broken: Promise<unknown>
  /** Rejects where changes are not told on it any more. */
  check(): Promise<unknown>
  close(): Promise<unknown> | unknown
}

/** Waits between tries to connect, in milliseconds: the first, and the longest. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [100, 5_000]
/** How long a connection may take to tell, to answer, and to close, in milliseconds. */
const [TO_BE_READY, TO_ANSWER, TO_CLOSE] = [10_000, 3_000, 1_000]
/** A connection that says nothing may be dead without a word: it is asked so often. */
const BETWEEN_CHECKS = 5_000

/** Keeps a connection that tells of changes, and makes a new one when it breaks or falls silent. `what` is printed where that fails, once for each outage. */
export function followOver(connect: (listener: RowListener) => ToldLine, what: string): RowChanges['follow'] {
  return (listener) => {
    const stopped = Promise.withResolvers<'stopped'>()
    let isStopped = false
    let isReported = false
    const untilStopped = <Result>(work: Promise<Result>): Promise<Result | 'stopped'> => Promise.race([work, stopped.promise])

    /** One connection, from its beginning to its end. Rejects where it could not be had, or fell silent. */
    const follow = async (): Promise<void> => {
      const line = connect(listener)
      line.ready.catch(() => {})
      try {
        if ((await untilStopped(within(line.ready, TO_BE_READY))) === 'stopped') return
        listener.live()
        isReported = false
        const broken = line.broken.then(() => 'broken' as const)
        while ((await untilStopped(Promise.race([broken, pause(BETWEEN_CHECKS)]))) === undefined) await untilStopped(within(line.check(), TO_ANSWER))
      } finally {
        listener.lost()
        await within(
          Promise.resolve().then(() => line.close()),
          TO_CLOSE,
        ).catch(() => {})
      }
    }
    const keepOn = async (): Promise<void> => {
      for (let wait = FIRST_PAUSE; !isStopped; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
        try {
          await follow()
          wait = FIRST_PAUSE
        } catch (error) {
          const words = String((error as Error | null | undefined)?.message ?? error)
          if (!isReported) console.error(`instar: ${what} cannot be followed, so no row is remembered until they are: ${words}`)
          isReported = true
        }
        await untilStopped(pause(wait))
      }
    }
    const ended = keepOn()
    return () => {
      isStopped = true
      stopped.resolve('stopped')
      return ended
    }
  }
}

function pause(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, undefined).unref())
}

/** What an answer comes to, or a rejection where it takes too long. */
async function within<Result>(answer: Promise<Result>, milliseconds: number): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`There was no answer within ${milliseconds / 1000} seconds.`)), milliseconds)
  })
  try {
    return await Promise.race([answer, end])
  } finally {
    clearTimeout(timer)
  }
}
