import { CSRF_KEYS } from '../csrf-keys.ts'

/** Paths in a session where applications keep the id of who is logged in. */
const ID_KEYS = [
  'passport.user',
  ...['userId', 'userID', 'userid', 'user_id', 'uid', 'auth.userId', 'currentUserId'],
  ...['accountId', 'accountID', 'account_id', 'memberId', 'member_id', 'customerId', 'customer_id', 'adminId', 'admin_id'],
]
/** Paths of who they are: an object, or a name. */
const USER_KEYS = [
  'user',
  'auth.user',
  'currentUser',
  'loggedInUser',
  'loggedUser',
  'authUser',
  'authenticatedUser',
  'sessionUser',
  'adminUser',
  'userInfo',
  'account',
  'member',
  'customer',
  'admin',
  'username',
  'userName',
  'login',
]
/** Paths that only say that somebody is. */
const FLAG_KEYS = [
  ...['loggedIn', 'loggedin', 'isLoggedIn', 'logged_in', 'isLogged', 'is_logged', 'is_logined', 'logged'],
  ...['isAuth', 'isAuthenticated', 'authenticated', 'authorized', 'isAdmin', 'is_admin'],
]

export const IDENTITY_KEYS: readonly string[] = [...ID_KEYS, ...USER_KEYS, ...FLAG_KEYS]
const FLAGS: ReadonlySet<string> = new Set(FLAG_KEYS)

/** What names an object among others. */
const NAMES = ['id', '_id', 'sub', 'userId', 'user_id', 'uid', 'username', 'userName', 'login', 'name', 'email'] as const

/** Who is logged in, as far as the session says: a text for comparisons, and the user's id where there is one. */
export interface Identity {
  /** Empty for nobody. */
  readonly text: string
  /** Null also where the session only says that somebody is. */
  readonly userId: string | null
}

export const NOBODY: Identity = { text: '', userId: null }

/** Paths in a session, taken apart. */
export interface IdentityKeys {
  readonly all: readonly string[]
  readonly parts: readonly (readonly string[])[]
  /** The keys of a session that any of them begins with: most sessions have none. */
  readonly firsts: ReadonlySet<string>
}

export function parsedKeys(keys: readonly string[]): IdentityKeys {
  const all = [...new Set(keys)]
  const parts = all.map((key) => key.split('.'))
  return { all, parts, firsts: new Set(parts.map(([first]) => first as string)) }
}

/** The identity in a session, as its JSON has it; other fields of an object with a name are no part of it. */
export function identityOf(session: object | null | undefined, { all, parts, firsts }: IdentityKeys): Identity {
  if (!session || !Object.keys(session).some((key) => firsts.has(key))) return NOBODY
  const found: [key: string, name: string][] = []
  let userId: string | null = null
  for (let index = 0; index < all.length; index++) {
    const key = all[index] as string
    const value = asStored(at(session, parts[index] as readonly string[]))
    if (isNothing(value)) continue
    const name = nameIn(value)
    found.push([key, name ?? JSON.stringify(value)])
    if (!FLAGS.has(key)) userId ??= name ?? null
  }
  return found.length === 0 ? NOBODY : { text: JSON.stringify(found), userId }
}

function at(session: object, path: readonly string[]): unknown {
  let value: unknown = session
  for (const part of path)
    value = typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? (value as { [key: string]: unknown })[part] : undefined
  return value
}

/** An object as it comes back from a store: an id of a database may have a text of its own. */
function asStored(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.parse(JSON.stringify(value) ?? 'null') : value
}

/** Nobody, as applications write it: also an object whose fields all say nothing. */
function isNothing(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === null || value === undefined || value === false || value === ''
  return Object.values(value).every(isNothing)
}

function nameIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return String(value)
  for (const name of NAMES) {
    const inner = (value as { [name: string]: unknown })[name]
    if (!isNothing(inner) && typeof inner !== 'object') return String(inner)
  }
  return undefined
}

/** The secrets that forms are guarded with, as JSON: who knew one before the identity changed must not know it after. */
export function csrfSecretsIn(session: { readonly [key: string]: unknown }): readonly string[] {
  return [...CSRF_KEYS].flatMap((key) => (Object.hasOwn(session, key) ? [JSON.stringify(session[key])] : []))
}

/** Removes such secrets as are among the old ones; one that was made since stays. */
export function dropSecrets(session: { [key: string]: unknown }, old: ReadonlySet<string>): void {
  if (old.size === 0) return
  for (const key of CSRF_KEYS) if (Object.hasOwn(session, key) && old.has(JSON.stringify(session[key]))) delete session[key]
}
