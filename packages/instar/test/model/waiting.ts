import type { SessionStore } from 'instar'
import type { How, Report } from './server-process.ts'

/**
 * Where the store operations and handlers of a process wait for their turn, so that a run can put those of several requests and processes
 * into any order, let them fail, or let the process crash between any two of them.
 */
export class Waiting {
  readonly #works = new Map<number, { go(how: How): Promise<void>; end(): void }>()
  readonly #tell: (report: Report) => void
  #count = 0
  #isOver = false

  constructor(tell: (report: Report) => void) {
    this.#tell = tell
  }

  /** A store whose every operation waits for its turn. */
  storeOf(store: SessionStore): SessionStore {
    const park = <Result>(work: () => Promise<Result> | Result): Promise<Result> => this.#park(work)
    return {
      create: (row) =>
        park(async () => {
          await store.create(row)
          this.#tell({ kind: 'made', id: row.id, userId: row.userId })
        }),
      find: (id) => park(() => store.find(id)),
      update: (row) => park(() => store.update(row)),
      delete: (id) => park(() => store.delete(id)),
      listByUser: (userId) => park(() => store.listByUser(userId)),
      deleteByUser: (userId, except) => park(() => store.deleteByUser(userId, except)),
      deleteAll: () => park(() => store.deleteAll()),
      deleteExpired: () => park(() => store.deleteExpired()),
    }
  }

  /** A handler that takes its time; in a process that ends it never goes on. */
  pause(): Promise<void> {
    return new Promise((resolve) => this.#add({ go: async () => resolve(), end() {} }))
  }

  async go(work: number, how: How): Promise<void> {
    const waiting = this.#works.get(work)
    this.#works.delete(work)
    await waiting?.go(how)
  }

  /** The process ends: nothing of it reaches the store any more. */
  end(): void {
    this.#isOver = true
    for (const work of this.#works.values()) work.end()
    this.#works.clear()
  }

  #park<Result>(work: () => Promise<Result> | Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      const go = async (how: How): Promise<void> => {
        if (how === 'refused') return reject(new Error('The store refused.'))
        try {
          const result = await work()
          if (how === 'done') resolve(result)
          else reject(new Error('The answer of the store was lost.'))
        } catch (error) {
          reject(error)
        }
      }
      this.#add({ go, end: () => reject(new Error('The process ended.')) })
    })
  }

  #add(work: { go(how: How): Promise<void>; end(): void }): void {
    if (this.#isOver) return work.end()
    this.#works.set(this.#count, work)
    this.#tell({ kind: 'waits', work: this.#count++ })
  }
}
