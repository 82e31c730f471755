import { IDENTITY_KEYS } from './identity.ts'

const keysOf = new WeakMap<object, readonly string[]>()

/** Where the sessions of a store say who is logged in; kept by the store, since sockets know of nothing else. */
export const identityKeysOf = (store: object): readonly string[] => keysOf.get(store) ?? IDENTITY_KEYS

/** Adds paths to those that are usual. */
export function addIdentityKeys(store: object, keys: readonly string[]): void {
  keysOf.set(store, [...new Set([...identityKeysOf(store), ...keys])])
}
