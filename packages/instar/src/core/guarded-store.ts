import { InstarError } from './errors.ts'
import type { SessionStore } from './session-store.ts'

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
  const longPatience = Math.min(patience * LONGER, LONGEST)
  const guard = async <Result>(operation: keyof SessionStore, work: () => Promise<Result>): Promise<Result> => {
    try {
      return await withinPatience(operation, work(), OF_MANY_ROWS.has(operation) ? longPatience : patience)
    } catch (error) {
      if (error instanceof InstarError) throw error
      throw new InstarError(
        'store_unavailable',
        `The session store failed in ${operation}(). Whether it was done is not known, and nothing was answered as done. Look at the cause.`,
        {
          cause: wordsOf(error),
        },
      )
    }
  }
  return {
    create: (row) => guard('create', () => store.create(row)),
    find: (id) => guard('find', () => store.find(id)),
    update: (row) => guard('update', () => store.update(row)),
    delete: (id) => guard('delete', () => store.delete(id)),
    listByUser: (userId) => guard('listByUser', () => store.listByUser(userId)),
    deleteByUser: (userId, except) => guard('deleteByUser', () => store.deleteByUser(userId, except)),
    deleteAll: () => guard('deleteAll', () => store.deleteAll()),
    deleteExpired: () => guard('deleteExpired', () => store.deleteExpired()),
  }
}

async function withinPatience<Result>(operation: string, answer: Promise<Result>, patience: number): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const end = new Promise<never>((_, reject) => {
    const late = (): void =>
      reject(
        new InstarError(
          'store_unavailable',
          `The session store did not answer ${operation}() within ${patience / 1000} seconds (storeTimeout). What became of it is not known, and it may still be under way.`,
        ),
      )
    timer = setTimeout(late, patience)
  })
  try {
    return await Promise.race([answer, end])
  } finally {
    clearTimeout(timer)
  }
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
