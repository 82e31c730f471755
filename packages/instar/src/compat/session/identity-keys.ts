import { IDENTITY_KEYS, type IdentityKeys, parsedKeys } from './identity.ts'

const usual = parsedKeys(IDENTITY_KEYS)
const keysOf = new WeakMap<object, IdentityKeys>()

/** Where the sessions of a store say who is logged in; kept by the store, since sockets know of nothing else. */
export const identityKeysOf = (store: object): IdentityKeys => keysOf.get(store) ?? usual

/** Adds paths to those that are usual. */
export function addIdentityKeys(store: object, keys: readonly string[]): void {
  if (keys.length > 0) keysOf.set(store, parsedKeys([...identityKeysOf(store).all, ...keys]))
}
