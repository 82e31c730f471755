import type { Issued } from './history.ts'
import { type Entry, succeeded } from './ledger.ts'

export interface Verdict {
  /** Changes that were answered with success. */
  readonly acknowledged: number
  /** Requests that were answered with an error, and those among them that no outage explains. */
  readonly errors: number
  readonly strayErrors: number
  /** How often each act was answered with each code. */
  readonly errorCodes: { readonly [actAndCode: string]: number }
  /** Requests that were never answered, because the application was gone. */
  readonly unanswered: number
  /** The longest that an answer took, in milliseconds. */
  readonly slowest: number
  /** Requests with a token whose outcome was compared with what had been answered. */
  readonly compared: number
  readonly lost: number
  /** Requests whose token opened nothing, and opened its user again later: a failure that was taken for a logout. */
  readonly lookedLoggedOut: number
  readonly aliveAgain: number
  readonly usersChanged: number
  readonly countedTwice: number
  /** A sentence for each violation. */
  readonly violations: readonly string[]
}

/** What a request may fail with while the store is away, or when its session ended: all of them tell the truth. */
const EXPECTED = ['store_unavailable', 'conflict', 'session_ended', 'delta_dropped', 'login_required']

/** Counts each violation once, however often it was seen. */
export class Tally {
  readonly #entries: readonly Entry[]
  readonly #lost = new Map<string, number>()
  readonly #twice = new Map<string, number>()
  readonly #hidden = new Set<Entry>()
  readonly #alive = new Set<string>()
  readonly #changed = new Set<string>()
  readonly #violations = new Map<string, string>()
  compared = 0

  constructor(entries: readonly Entry[]) {
    this.#entries = entries
  }

  lost(entry: Entry, look: Entry): void {
    this.#lost.set(`${entry.id}`, 1)
    this.#say(`lost ${entry.id}`, `lost: operation ${entry.id}, ${entry.act} ${entry.value ?? entry.user ?? ''}, was acknowledged; ${seenBy(look)}`)
  }

  lookedLoggedOut({ row, user }: Issued, look: Entry): void {
    this.#hidden.add(look)
    this.#say(`hidden ${look.id}`, `looked logged out: a token of ${user}'s row ${row} opened nothing, and opened the row again later; ${seenBy(look)}`)
  }

  counted(row: string, found: number, acknowledged: number, begun: number): void {
    if (found < acknowledged) this.#raise(this.#lost, row, acknowledged - found, `lost: row ${row} counts ${found}, and ${acknowledged} were acknowledged`)
    if (found > begun) this.#raise(this.#twice, row, found - begun, `counted twice: row ${row} counts ${found}, and ${begun} were begun`)
  }

  aliveAgain({ token, row, user }: Issued): void {
    this.#alive.add(token)
    this.#say(`alive ${token}`, `alive again: a token of row ${row}, which had ended, opens ${user}`)
  }

  userChanged({ token, row, user }: Issued, found: string): void {
    this.#changed.add(token)
    this.#say(`changed ${token}`, `user changed: a token of row ${row} was ${user}'s and opens ${found}`)
  }

  /** Something that cannot have come about by a loss. */
  odd(what: string): void {
    this.#lost.set(what, 1)
    this.#say(what, `odd: ${what}`)
  }

  get verdict(): Verdict {
    const asked = this.#entries.filter(({ isCheck }) => !isCheck)
    const failures = asked.flatMap(({ act, answer }) => (answer?.failure ? [{ act, ...answer.failure }] : []))
    const strays = failures.filter(({ name, code }) => name !== 'InstarError' || !EXPECTED.includes(code))
    for (const { act, name, code, message } of strays)
      this.#say(`stray ${act} ${name} ${code}`, `stray error: ${act} was answered with ${name} ${code}: ${message}`)
    return {
      acknowledged: asked.filter((entry) => entry.act !== 'look' && succeeded(entry)).length,
      errors: failures.length,
      strayErrors: strays.length,
      errorCodes: Object.fromEntries(
        Map.groupBy(failures, ({ act, code }) => `${act} ${code}`)
          .entries()
          .map(([key, { length }]) => [key, length]),
      ),
      unanswered: asked.filter(({ answer }) => !answer).length,
      slowest: Math.max(...asked.map(({ took = 0 }) => Math.round(took))),
      compared: this.compared,
      lost: sum(this.#lost),
      lookedLoggedOut: this.#hidden.size,
      aliveAgain: this.#alive.size,
      usersChanged: this.#changed.size,
      countedTwice: sum(this.#twice),
      violations: [...this.#violations.values()],
    }
  }

  #raise(counts: Map<string, number>, row: string, count: number, what: string): void {
    if (count <= (counts.get(row) ?? 0)) return
    counts.set(row, count)
    this.#say(what.replace(/:.*/, row), what)
  }

  #say(key: string, what: string): void {
    this.#violations.set(key, what)
  }
}

const seenBy = ({ id, act, isCheck }: Entry): string => (isCheck ? 'seen by the verification' : `seen by operation ${id}, ${act}`)

const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((total, count) => total + count, 0)
