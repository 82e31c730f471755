/** What a visitor asks of the application. `everywhere` is a logout of all the user's sessions, `revoke` the same by an administrator. */
export type Act = 'login' | 'logout' | 'everywhere' | 'revoke' | 'elevate' | 'set' | 'count' | 'look'

export interface Order {
  readonly act: Act
  /** The login cookie that the request carries. */
  readonly token?: string | undefined
  /** Who logs in, or whose sessions are revoked. */
  readonly user?: string | undefined
  /** What `set` writes; no two write the same. */
  readonly value?: number | undefined
}

/** What the token opened, as it was before the act. */
export interface Sight {
  readonly user: string | null
  readonly last: number | null
  readonly count: number
}

export interface Failure {
  readonly name: string
  readonly code: string
  readonly status: number | null
  readonly message: string
}

export interface Answer {
  /** Absent where the session could not be opened. */
  readonly sight?: Sight
  /** The login cookie that the answer sets; empty where it removes it. */
  readonly cookie?: string
  readonly failure?: Failure
}

/** One operation: written down before it was begun, and again when its answer had left the application. */
export interface Entry extends Order {
  readonly id: number
  /** A look that the verification took, on a connection of its own. */
  readonly isCheck: boolean
  /** Positions in one sequence of all begins and ends. */
  readonly begun: number
  ended?: number
  answer?: Answer
  /** How long the answer took, in milliseconds. */
  took?: number
}

/** All operations of a round, kept outside the application, so that they outlive it. */
export class Ledger {
  readonly entries: Entry[] = []
  readonly #starts = new Map<Entry, number>()
  #position = 0

  /** Where the sequence is now. */
  get position(): number {
    return this.#position
  }

  begin(order: Order, isCheck = false): Entry {
    const entry: Entry = { ...order, id: this.entries.length, isCheck, begun: this.#position++ }
    this.entries.push(entry)
    this.#starts.set(entry, performance.now())
    return entry
  }

  /** Undefined is no answer: what became of the operation is not known. */
  end(entry: Entry, answer: Answer | undefined): void {
    if (answer) Object.assign(entry, { ended: this.#position++, answer, took: performance.now() - (this.#starts.get(entry) as number) })
  }
}

export const succeeded = ({ answer }: Entry): boolean => answer !== undefined && answer.failure === undefined
