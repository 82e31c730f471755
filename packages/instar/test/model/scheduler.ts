import type { SessionStore } from 'instar'

/** Something that waits for its turn: a store operation, or a handler that is slow. */
interface Parked {
  readonly process: number
  readonly go: (how: 'done' | 'refused' | 'answer lost') => Promise<void>
}

/**
 * Decides what happens next, so that a run can put store operations of several requests and processes into any order, let them fail,
 * or let a process crash between any two of them.
 */
export class Scheduler {
  readonly #parked: Parked[] = []

  get length(): number {
    return this.#parked.length
  }

  /** The store as one process sees it: every operation waits for its turn. */
  storeOf(process: number, store: SessionStore): SessionStore {
    const park = <Result>(work: () => Promise<Result>): Promise<Result> => this.#park(process, work)
    return {
      create: (row) => park(() => store.create(row)),
      find: (id) => park(() => store.find(id)),
      update: (row) => park(() => store.update(row)),
      delete: (id) => park(() => store.delete(id)),
      listByUser: (userId) => park(() => store.listByUser(userId)),
      deleteByUser: (userId, except) => park(() => store.deleteByUser(userId, except)),
      deleteAll: () => park(() => store.deleteAll()),
      deleteExpired: () => park(() => store.deleteExpired()),
    }
  }

  /** A handler that takes its time. */
  pause(process: number): Promise<void> {
    return new Promise((resolve) => {
      this.#parked.push({ process, go: async () => resolve() })
    })
  }

  /** Lets one of those who wait go on, and waits until everybody waits again. */
  async step(index: number, how: 'done' | 'refused' | 'answer lost' = 'done'): Promise<void> {
    const [next] = this.#parked.splice(index % Math.max(this.#parked.length, 1), 1)
    await next?.go(how)
    await settled()
  }

  /** Ends a process: whatever it waited for never goes on. */
  crash(process: number): void {
    for (let at = this.#parked.length - 1; at >= 0; at--) if (this.#parked[at]?.process === process) this.#parked.splice(at, 1)
  }

  #park<Result>(process: number, work: () => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const go: Parked['go'] = async (how) => {
        if (how === 'refused') return reject(new Error('The store refused.'))
        try {
          const result = await work()
          if (how === 'done') resolve(result)
          else reject(new Error('The answer of the store was lost.'))
        } catch (error) {
          reject(error)
        }
      }
      this.#parked.push({ process, go })
    })
  }
}

/** When nothing but parked work is left. */
export const settled = (): Promise<void> => new Promise((done) => setImmediate(done))
