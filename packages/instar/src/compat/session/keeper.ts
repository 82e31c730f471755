import { LegacyKeeper } from './legacy-keeper.ts'
import type { Session } from './session.ts'
import type { SessionState } from './session-state.ts'
import type { SessionData, Store } from './store.ts'

/** What a store has under an id. */
export type Kept = { readonly kind: 'live'; readonly data: SessionData; readonly mark?: unknown } | { readonly kind: 'ended' } | { readonly kind: 'none' }

/** How sessions are kept: what a store guarantees, or what can be guaranteed of it. */
export interface Keeper {
  /** `none` for an id that is not there or has expired, `ended` for one that is known to have been ended not long ago. */
  load(sid: string): Promise<Kept>
  /** Stores a session for the first time; false, and nothing is stored, where its id has ended. */
  insert(session: Session, state: SessionState): Promise<boolean>
  /** Stores what changed in a session that is there; false, and nothing is stored, where it is not any more. */
  replace(session: Session, state: SessionState): Promise<boolean>
  /** Lets it live as long as its cookie, or nearly so: at most once in a tenth of its life. One that has ended stays so. */
  touch(session: Session, state: SessionState): Promise<void> | undefined
  /** Ends an id: no save that is under way brings it back. What was there until then, for exactly one caller that asks for it; undefined where nothing was. */
  end(sid: string, wasStored: boolean, asksForData: boolean): Promise<SessionData | undefined>
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
