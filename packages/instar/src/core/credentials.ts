import type { LoadedUser, Policy } from './policy.ts'

/** The user as they are now, if they still are who logged in: there, not disabled, and with the stamp of then. */
export async function loadUnchanged<User>(policy: Policy<User>, userId: string, stamp: string | undefined): Promise<LoadedUser<User> | undefined> {
  const loaded = await policy.loadUser?.(userId)
  return loaded && loaded.stamp === stamp ? loaded : undefined
}
