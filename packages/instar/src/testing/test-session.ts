import type { LoginOptions } from '../core/session.ts'
import type { SessionManager } from '../core/session-manager.ts'
import type { KeyOf } from '../core/types.ts'

export interface TestSessionOptions<Data> extends Pick<LoginOptions<Data>, 'method' | 'level' | 'stamp' | 'remember'> {
  /** Who is logged in. Default nobody: an anonymous session. */
  readonly userId?: string
  /** What the session holds. */
  readonly data?: Partial<Data>
}

export interface TestSession {
  /** The public handle of the session's row. */
  readonly handle: string
  /** The value of a `Cookie` header. */
  readonly cookie: string
  /** Headers for any HTTP client: the cookie, and the sign of a same-origin request that the CSRF guard asks of unsafe ones. */
  readonly headers: { readonly cookie: string; readonly 'sec-fetch-site': 'same-origin' }
}

/** Makes a session in the manager's store, as a login would, and returns the cookie for it: tests need no login page. Rejects as `login` and `commit` do. */
export async function createTestSession<Data extends object, User>(
  sessions: SessionManager<Data, User>,
  options: TestSessionOptions<Data> = {},
): Promise<TestSession> {
  const { userId, data = {}, ...login } = options
  const headers = new Map([['user-agent', 'createTestSession']])
  const session = await sessions.open({ method: 'GET', url: 'https://test.invalid/', headers: { get: (name) => headers.get(name) ?? null } })
  if (userId !== undefined) await session.login(userId, login)
  for (const [key, value] of Object.entries(data)) session.set(key as KeyOf<Data>, value as Data[KeyOf<Data>])
  const { setCookie } = await session.commit({ status: 200 })
  const { handle } = session
  const cookie = setCookie.map((header) => header.split(';', 1)[0]).join('; ')
  if (handle === null) throw new TypeError('createTestSession() was given neither a userId nor data, so there is no session to make. Send no cookie instead.')
  return { handle, cookie, headers: { cookie, 'sec-fetch-site': 'same-origin' } }
}
