import { CSRF_KEYS } from '../csrf-keys.ts'

/** Paths in a session where applications say who is logged in. */
export const IDENTITY_KEYS: readonly string[] = [
  'passport.user',
  ...['user', 'userId', 'userID', 'userid', 'user_id', 'uid', 'username', 'userName'],
  ...['account', 'accountId', 'accountID', 'account_id', 'admin', 'adminId', 'admin_id'],
  ...['loggedIn', 'loggedin', 'isLoggedIn', 'logged_in', 'isAuth', 'isAuthenticated', 'authenticated'],
]

/** What names an object; `_id` may be an object with a text of its own, as in MongoDB. */
const NAMES = ['id', '_id', 'sub', 'username', 'name', 'email'] as const

/** Somebody, who cannot be told from others. */
const UNNAMED = '[object]'

/** Who is logged in, as far as the session says: a text for comparisons, and the user's id where there is one. */
export interface Identity {
  /** Empty for nobody. */
  readonly text: string
  /** Null also where the session only says that somebody is. */
  readonly userId: string | null
}

export const NOBODY: Identity = { text: '', userId: null }

/** The identity in a session; other fields of an object are no part of it. */
export function identityOf(session: object | null | undefined, keys: readonly string[]): Identity {
  if (!session) return NOBODY
  const found: [key: string, name: string][] = []
  for (const key of keys) {
    const name = nameOf(at(session, key))
    if (name !== undefined) found.push([key, name])
  }
  if (found.length === 0) return NOBODY
  return { text: JSON.stringify(found), userId: found.find(([, name]) => name !== 'true' && name !== UNNAMED)?.[1] ?? null }
}

function at(session: object, key: string): unknown {
  let value: unknown = session
  for (const part of key.split('.'))
    value = typeof value === 'object' && value !== null && Object.hasOwn(value, part) ? (value as { [key: string]: unknown })[part] : undefined
  return value
}

function nameOf(value: unknown): string | undefined {
  if (value === null || value === undefined || value === false || value === '') return undefined
  if (typeof value === 'object') {
    for (const name of NAMES) {
      const inner = (value as { [name: string]: unknown })[name]
      if (inner !== null && inner !== undefined && inner !== '') return String(inner)
    }
    return Object.keys(value).length > 0 ? UNNAMED : undefined
  }
  return String(value)
}

/** Removes the secrets that forms are guarded with: who knew one before the identity changed must not know it after. */
export function dropCsrfSecrets(session: object): void {
  for (const key of Object.keys(session)) if (CSRF_KEYS.has(key)) delete (session as { [key: string]: unknown })[key]
}
