import { Deadlines } from './deadlines.ts'
import { InstarError } from './errors.ts'
import type { SessionRow, SessionStore } from './session-store.ts'

/** Operations that grow with what is there: cut off too early, "log out everyone" would be told that it failed. */
const OF_MANY_ROWS: ReadonlySet<keyof SessionStore> = new Set(['deleteByUser', 'deleteAll', 'deleteExpired'] as const)
const LONGER = 60
/** No timer runs for longer. */
const LONGEST = 2 ** 31 - 1

/**
 * The store with each rejection, and each answer that does not come within `patience` milliseconds, turned into `store_unavailable`,
 * so that a failure is never taken for absence. The outcome of what failed is not known. What removes many rows has sixty times as long.
 */
export function guardStore(store: SessionStore, patience: number): SessionStore {
  const usual = new Deadlines(patience)
  const longPatience = Math.min(patience * LONGER, LONGEST)
  const long = new Deadlines(longPatience)
  const guard = <Result>(operation: keyof SessionStore, work: () => Promise<Result>): Promise<Result> => {
    const isLong = OF_MANY_ROWS.has(operation)
    return (isLong ? long : usual).within(
      begun(work),
      (error) => failure(operation, error),
      () => lateness(operation, isLong ? longPatience : patience),
    )
  }
  return {
    create: (row) => guard('create', () => store.create(row)),
    find(id) {
      const answer = found(store, id)
      return isAtOnce(answer) ? answer : guard('find', () => answer)
    },
    update: (row) => guard('update', () => store.update(row)),
    delete: (id) => guard('delete', () => store.delete(id)),
    listByUser: (userId) => guard('listByUser', () => store.listByUser(userId)),
    deleteByUser: (userId, except) => guard('deleteByUser', () => store.deleteByUser(userId, except)),
    deleteAll: () => guard('deleteAll', () => store.deleteAll()),
    deleteExpired: () => guard('deleteExpired', () => store.deleteExpired()),
  }
}

function found(store: SessionStore, id: string): ReturnType<SessionStore['find']> {
  try {
    return store.find(id)
  } catch (error) {
    throw failure('find', error)
  }
}

const isAtOnce = (answer: ReturnType<SessionStore['find']>): answer is SessionRow | undefined =>
  typeof (answer as { then?: unknown } | undefined)?.then !== 'function'

/** A store that throws, or answers at once, is one that rejects, or resolves. */
function begun<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return Promise.resolve(work())
  } catch (error) {
    return Promise.reject(error)
  }
}

function failure(operation: string, error: unknown): InstarError {
  if (error instanceof InstarError) return error
  return new InstarError(
    'store_unavailable',
    `The session store failed in ${operation}(). Whether it was done is not known, and nothing was answered as done. Look at the cause.`,
    {
      cause: wordsOf(error),
    },
  )
}

function lateness(operation: string, patience: number): InstarError {
  return new InstarError(
    'store_unavailable',
    `The session store did not answer ${operation}() within ${patience / 1000} seconds (storeTimeout). What became of it is not known, and it may still be under way.`,
  )
}

/**
 * What a driver's error says, without what it carries: drivers hang the statement, its values (a payload, a hash, a password of the connection)
 * and the failing row on their errors, and a logger prints them all.
 */
function wordsOf(error: unknown): Error {
  const { name, message, stack, code, errors } = (error ?? {}) as { [field: string]: unknown }
  const several = Array.isArray(errors) ? errors.map((each: unknown) => (each as Error | null)?.message ?? String(each)).join('; ') : ''
  const words = new Error((typeof message === 'string' && message) || several || (typeof error === 'string' ? error : 'no message'))
  if (typeof name === 'string') words.name = name
  if (typeof stack === 'string') words.stack = stack
  return Object.assign(words, typeof code === 'string' || typeof code === 'number' ? { code } : {})
}
