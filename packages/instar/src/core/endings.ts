import type { Occurrence } from './events.ts'

/** That sessions may have ended: one (`handle`), a user's (`userId`) or anybody's (neither). A hint to look at the store, and no proof of anything. */
export interface Ending {
  readonly handle?: string
  readonly userId?: string
}

/** Carries word of endings from process to process. What it loses is found by looking at the store now and then; what it makes up costs a look. */
export interface EndingFeed {
  /** Tells every process. What it throws or rejects with is printed and otherwise ignored. */
  publish(ending: Ending): unknown
  /** Hears what any process tells, this one included; resolves when it listens, to what stops it. */
  subscribe(listener: (ending: Ending) => void): Promise<() => unknown>
}

/** What a process hears of endings: its own at once, those of others by the feed. */
export class Endings {
  readonly feed: EndingFeed | undefined
  readonly #listeners = new Set<(ending: Ending) => void>()

  constructor(feed: EndingFeed | undefined) {
    this.feed = feed
  }

  /** Hears of the endings of this process. Returns what stops it. */
  listen(listener: (ending: Ending) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Looks whether an event says that sessions ended. */
  saw(occurrence: Occurrence): void {
    const ending = endingOf(occurrence)
    if (!ending) return
    for (const listener of this.#listeners) listener(ending)
    if (this.feed) void this.#publish(this.feed, ending)
  }

  async #publish(feed: EndingFeed, ending: Ending): Promise<void> {
    try {
      await feed.publish(ending)
    } catch (error) {
      console.error('instar: the feed did not carry the end of a session; other processes find it when they look.', error)
    }
  }
}

function endingOf(occurrence: Occurrence): Ending | undefined {
  const { handle, userId } = occurrence
  switch (occurrence.type) {
    case 'session.login':
      return occurrence.replaced === undefined ? undefined : { handle: occurrence.replaced }
    case 'session.renewed':
      return { handle: occurrence.replaced }
    case 'session.logout':
      return occurrence.everywhere && userId !== undefined ? { userId } : { ...(handle !== undefined && { handle }) }
    case 'session.revoked':
      return handle === undefined ? { ...(userId !== undefined && { userId }) } : { handle }
    default:
      return undefined
  }
}

/** An ending as it came over a wire; undefined for what is none. */
export function parseEnding(text: unknown): Ending | undefined {
  try {
    const parsed = JSON.parse(String(text)) as Ending
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined
    const { handle, userId } = parsed
    const isOfSome = handle !== undefined || userId !== undefined
    if (!isOfSome && Object.keys(parsed).length > 0) return undefined // Of everybody is what says nothing at all.
    if (![handle, userId].every((field) => field === undefined || typeof field === 'string')) return undefined
    return { ...(handle !== undefined && { handle }), ...(userId !== undefined && { userId }) }
  } catch {
    return undefined
  }
}
