import type { SessionStore } from '../core/session-store.ts'

type Operation = keyof SessionStore

/** One operation held at a gate: `reached` resolves when the operation came to it; it goes on after `open`, or fails with what `fail` is given. */
export interface Gate {
  readonly reached: Promise<void>
  open(): void
  fail(error: Error): void
}

/** A store whose operations a test can count, hold and make fail: races are forced, not hoped for. */
export interface GatedStore extends SessionStore {
  /** Every operation that was begun, in order. */
  readonly operations: Operation[]
  /** Holds the next call of an operation, before the store sees it or, with `after`, when the store has done it and the answer is on its way. */
  hold(operation: Operation, when?: 'before' | 'after'): Gate
  /** Makes every operation reject until `restore`. */
  breakDown(): void
  restore(): void
}

export function gatedStore(store: SessionStore): GatedStore {
  const operations: Operation[] = []
  const waiting: { operation: Operation; when: 'before' | 'after'; pass: () => Promise<void> }[] = []
  let isBroken = false

  const atGate = async (operation: Operation, when: 'before' | 'after'): Promise<void> => {
    const index = waiting.findIndex((gate) => gate.operation === operation && gate.when === when)
    if (index !== -1) await waiting.splice(index, 1)[0]?.pass()
  }
  const run = async <Result>(operation: Operation, work: () => Promise<Result> | Result): Promise<Result> => {
    operations.push(operation)
    if (isBroken) throw new Error('The store is down.')
    await atGate(operation, 'before')
    const result = await work()
    await atGate(operation, 'after')
    return result
  }

  return {
    operations,
    hold(operation, when = 'before') {
      const reached = Promise.withResolvers<void>()
      const passed = Promise.withResolvers<void>()
      const pass = (): Promise<void> => {
        reached.resolve()
        return passed.promise
      }
      waiting.push({ operation, when, pass })
      return { reached: reached.promise, open: passed.resolve, fail: passed.reject }
    },
    breakDown() {
      isBroken = true
    },
    restore() {
      isBroken = false
    },
    create: (row) => run('create', () => store.create(row)),
    find: (id) => run('find', () => store.find(id)),
    update: (row) => run('update', () => store.update(row)),
    delete: (id) => run('delete', () => store.delete(id)),
    listByUser: (userId) => run('listByUser', () => store.listByUser(userId)),
    deleteByUser: (userId, except) => run('deleteByUser', () => store.deleteByUser(userId, except)),
    deleteAll: () => run('deleteAll', () => store.deleteAll()),
    deleteExpired: () => run('deleteExpired', () => store.deleteExpired()),
  }
}
