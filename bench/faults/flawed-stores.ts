import type { SessionRow, SessionStore } from 'instar'

export type Flaw = keyof typeof flaws

/** A store with a fault built in, to show that the harness sees it. */
export const flawed = (store: SessionStore, flaw: Flaw): SessionStore => ({ ...store, ...flaws[flaw](store) })

const ONE_IN = 8
const DELAY_MS = 40

const flaws = {
  /** Answers before it has written, and writes a little later. */
  answersBeforeWriting: (store) => {
    const later = (write: () => Promise<unknown>): void => void setTimeout(() => write().catch(() => {}), DELAY_MS)
    return {
      create: async (row) => later(() => store.create(row)),
      update: async (row) => {
        later(() => store.update(row))
        return true
      },
    }
  },
  /** Now and then says that a row is not there, when it could not look. */
  takesFailuresForAbsence: (store) => ({
    find: async (id) => (isUnlucky() ? undefined : store.find(id)),
  }),
  /** Now and then forgets to end a row, and says that it has. */
  forgetsEndings: (store) => ({
    update: async (row) => (row.secretHash === '' && isUnlucky() ? true : store.update(row)),
    delete: async (id) => (isUnlucky() ? true : store.delete(id)),
  }),
  /** Now and then takes its own write, whose answer it missed, for somebody else's. */
  missesItsOwnWrites: (store) => ({
    update: async (row) => (await store.update(row)) && !isUnlucky(),
  }),
  /** Now and then gives the row of another request. */
  mixesRowsUp: (store) => {
    let before: SessionRow | undefined
    return {
      async find(id) {
        const row = await store.find(id)
        const mixed = row && before && isUnlucky() ? { ...row, userId: before.userId } : row
        if (row && row.userId !== null) before = row
        return mixed
      },
    }
  },
} satisfies { readonly [flaw: string]: (store: SessionStore) => Partial<SessionStore> }

const isUnlucky = (): boolean => Math.random() * ONE_IN < 1
