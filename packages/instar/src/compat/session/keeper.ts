import { LegacyKeeper } from './legacy-keeper.ts'
import type { Session } from './session.ts'
import type { SessionState } from './session-state.ts'
import type { SessionData, Store } from './store.ts'

/** How sessions are kept: what a store guarantees, or what can be guaranteed of it. */
export interface Keeper {
  /** Undefined for an id that is not there, has expired, or was ended. */
  load(sid: string): Promise<{ readonly data: SessionData; readonly mark?: unknown } | undefined>
  /** Stores a session for the first time. */
  insert(session: Session, state: SessionState): Promise<void>
  /** Stores what changed in a session that is there; false, and nothing is stored, where it is not any more. */
  replace(session: Session, state: SessionState): Promise<boolean>
  /** Lets it live as long as its cookie. */
  touch(session: Session, state: SessionState): Promise<void>
  /** Ends an id: no save that is under way brings it back. */
  end(sid: string, wasStored: boolean): Promise<void>
  /** Whether `touch` does anything. */
  readonly touches: boolean
}

/** Where a store of ours has its own keeper. */
export const KEEPER = Symbol('instar.keeper')

const keepers = new WeakMap<Store, LegacyKeeper>()

export function keeperOf(store: Store): Keeper {
  const own = (store as { [KEEPER]?: Keeper })[KEEPER]
  if (own) return own
  let keeper = keepers.get(store)
  if (!keeper) keepers.set(store, (keeper = new LegacyKeeper(store)))
  return keeper
}
