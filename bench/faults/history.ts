import { type Entry, succeeded } from './ledger.ts'

/** A token as its answer gave it out. */
export interface Issued {
  readonly token: string
  /** The handle of its row, which an elevation keeps. */
  readonly row: string
  readonly user: string
  readonly by: Entry
  /** The token that was elevated to this one. */
  readonly before: Issued | undefined
}

/** Whether an operation, once begun, may have ended a token, and whether its acknowledgement says that it has. */
export type Ending = 'no' | 'may' | 'must'

export const rowOf = (token: string): string => token.slice(0, token.indexOf('.'))

/** The operations of a round, by the users whose sessions they touched. */
export class History {
  readonly entries: readonly Entry[]
  readonly #issued = new Map<string, Issued>()
  readonly #ofUser = new Map<string, Entry[]>()

  constructor(entries: readonly Entry[]) {
    this.entries = entries
    for (const entry of entries) {
      this.#noteIssue(entry)
      this.#noteUser(entry)
    }
  }

  issued(token: string): Issued | undefined {
    return this.#issued.get(token)
  }

  get tokens(): Issued[] {
    return [...this.#issued.values()]
  }

  of(user: string): readonly Entry[] {
    return this.#ofUser.get(user) ?? []
  }

  /** What an operation did to a token. */
  ending(entry: Entry, target: Issued): Ending {
    // One that was over before the token was asked for had nothing to end; of a failed one it is not known when it is over.
    if (succeeded(entry) && (entry.ended as number) < target.by.begun) return 'no'
    const isEarlier = (target.by.ended as number) < entry.begun
    if (entry.act === 'revoke') return entry.user !== target.user ? 'no' : succeeded(entry) && isEarlier ? 'must' : 'may'
    const presented = entry.token === undefined ? undefined : this.issued(entry.token)
    if (!presented) return 'no'
    const wasOpen = entry.answer?.sight != null && entry.answer.sight.user !== null
    if (presented.row !== target.row) {
      if (entry.act !== 'everywhere' || presented.user !== target.user) return 'no'
      return succeeded(entry) && wasOpen && isEarlier ? 'must' : 'may'
    }
    // The first request with an elevated token ends the ones before it, whatever the request then does.
    if (isBefore(target, presented)) return wasOpen ? 'must' : 'may'
    if (!['login', 'logout', 'everywhere'].includes(entry.act)) return 'no'
    return succeeded(entry) && (wasOpen || presented === target) ? 'must' : 'may'
  }

  #noteIssue(entry: Entry): void {
    const token = entry.answer?.cookie
    if (!token) return
    const before = entry.act === 'elevate' ? this.issued(entry.token ?? '') : undefined
    const user = before?.user ?? entry.user
    if (user === undefined) throw new Error(`A token came with the answer to ${entry.act}.`)
    this.#issued.set(token, { token, row: rowOf(token), user, by: entry, before })
  }

  #noteUser(entry: Entry): void {
    const user = entry.token === undefined ? entry.user : this.issued(entry.token)?.user
    if (user === undefined) return
    const entries = this.#ofUser.get(user)
    if (entries) entries.push(entry)
    else this.#ofUser.set(user, [entry])
  }
}

/** Whether `one` was elevated, once or more often, to `other`. */
function isBefore(one: Issued, other: Issued): boolean {
  for (let at = other.before; at; at = at.before) if (at === one) return true
  return false
}
