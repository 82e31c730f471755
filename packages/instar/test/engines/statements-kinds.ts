import { randomUUID } from 'node:crypto'
import { CsrfGuard, type Session, type SessionLimit, SessionManager, type SessionStore } from 'instar'
import { TestBrowser, type TestClock } from 'instar/testing'
import type { Counts } from './statements-counters.ts'

type Data = { [key: string]: string }
export type Act = (session: Session<Data>, userId: string) => unknown

/** A kind of request, and what it may cost: the operations that the store is asked for, and the statements that its engine gets for them. */
export interface Kind {
  readonly title: string
  readonly limit?: SessionLimit
  /** How many other sessions the user has made, and whether they have ended. */
  readonly others?: number
  readonly othersEnded?: boolean
  /** What the person did before. */
  readonly before: readonly Act[]
  readonly act: Act
  readonly operations: readonly (keyof SessionStore)[]
  readonly sql: Counts
  readonly redis: Counts
}

const read: Act = (session) => session.get('cart')
const write: Act = (session) => session.set('cart', 'tea')
const login: Act = (session, userId) => session.login(userId)
const logout: Act = (session) => session.logout()
const END_OLDEST = { atLimit: 'end-oldest' } as const

/** The first use of a login is noted, so whoever is to be an old hand has used theirs. */
const LOGGED_IN = [login, read]

// On Redis the create of a login is two commands, for the user's index and for the row, and a list is one for the index and one for each entry in it:
// a session that ended keeps its entry for as long as it might have lasted.
export const KINDS: readonly Kind[] = [
  { title: 'no cookie', before: [], act: read, operations: [], sql: { reads: 0, writes: 0 }, redis: { reads: 0, writes: 0 } },
  { title: 'read of a login', before: LOGGED_IN, act: read, operations: ['find'], sql: { reads: 1, writes: 0 }, redis: { reads: 1, writes: 0 } },
  { title: 'session not asked for', before: LOGGED_IN, act: () => {}, operations: ['find'], sql: { reads: 1, writes: 0 }, redis: { reads: 1, writes: 0 } },
  { title: 'read of an anonymous session', before: [write], act: read, operations: ['find'], sql: { reads: 1, writes: 0 }, redis: { reads: 1, writes: 0 } },
  { title: 'first use of a login', before: [login], act: read, operations: ['find', 'update'], sql: { reads: 1, writes: 1 }, redis: { reads: 1, writes: 1 } },
  { title: 'write', before: LOGGED_IN, act: write, operations: ['find', 'update'], sql: { reads: 1, writes: 1 }, redis: { reads: 1, writes: 1 } },
  { title: 'first write of a visitor', before: [], act: write, operations: ['create'], sql: { reads: 0, writes: 1 }, redis: { reads: 0, writes: 1 } },
  { title: 'login without a session', before: [], act: login, operations: ['create'], sql: { reads: 0, writes: 1 }, redis: { reads: 0, writes: 2 } },
  {
    title: 'login from an anonymous session',
    before: [write],
    act: login,
    operations: ['find', 'create', 'update'],
    sql: { reads: 1, writes: 2 },
    redis: { reads: 1, writes: 3 },
  },
  {
    title: 'login below a limit, two other sessions',
    limit: { perUser: 5, ...END_OLDEST },
    others: 2,
    before: [write],
    act: login,
    operations: ['find', 'listByUser', 'create', 'listByUser', 'update'],
    sql: { reads: 3, writes: 2 },
    redis: { reads: 1 + (1 + 1) + (1 + 1), writes: 3 },
  },
  {
    title: 'login below a limit, two other sessions that ended',
    limit: { perUser: 5, ...END_OLDEST },
    others: 2,
    othersEnded: true,
    before: [write],
    act: login,
    operations: ['find', 'listByUser', 'create', 'listByUser', 'update'],
    sql: { reads: 3, writes: 2 },
    redis: { reads: 1 + (1 + 1) + (1 + 1), writes: 3 },
  },
  {
    title: 'login at a limit of two, which ends the oldest',
    limit: { perUser: 2, ...END_OLDEST },
    others: 2,
    before: [write],
    act: login,
    operations: ['find', 'listByUser', 'create', 'listByUser', 'delete', 'update'],
    sql: { reads: 3, writes: 3 },
    redis: { reads: 1 + (1 + 1) + (1 + 1), writes: 4 },
  },
  {
    title: 'logout',
    before: LOGGED_IN,
    act: logout,
    operations: ['find', 'update'],
    sql: { reads: 1, writes: 1 },
    redis: { reads: 1, writes: 1 },
  },
]

/** Does what comes before a request of this kind, by a user whom nobody knows yet; returns the request, to be sent once. */
export async function prepared(kind: Kind, store: SessionStore, clock: TestClock): Promise<() => Promise<void>> {
  const sessions = new SessionManager<Data>({ store, now: clock.now, ...(kind.limit && { limit: kind.limit }) })
  const userId = randomUUID()
  for (let n = 0; n < (kind.others ?? 0); n++) {
    const other = personOf(sessions, userId)
    await other(login)
    if (kind.othersEnded) await other(logout)
  }
  const person = personOf(sessions, userId)
  for (const act of kind.before) await person(act)
  return () => person(kind.act)
}

/** A request a minute for an hour of a login with the default idle timeout: what was read, and the minutes in which something was written. */
export async function hourOfReads(
  store: SessionStore,
  clock: TestClock,
  count: (work: () => Promise<unknown>) => Promise<Counts>,
): Promise<{ readonly reads: number; readonly minutesOfWrites: readonly number[] }> {
  const person = personOf(new SessionManager<Data>({ store, now: clock.now }), randomUUID())
  await person(login)
  let reads = 0
  const minutesOfWrites: number[] = []
  for (let minute = 1; minute <= 60; minute++) {
    clock.advance(60_000)
    const counted = await count(() => person(read))
    reads += counted.reads
    minutesOfWrites.push(...Array<number>(counted.writes).fill(minute))
  }
  return { reads, minutesOfWrites }
}

/** A person whose requests are whole ones: opened, guarded, acted upon, committed; their cookies are kept. */
export function personOf(sessions: SessionManager<Data>, userId: string): (act: Act) => Promise<void> {
  const browser = new TestBrowser('https://shop.example')
  const guard = new CsrfGuard()
  return async (act) => {
    const headers = new Headers({ 'sec-fetch-site': 'same-origin', ...(browser.cookie && { cookie: browser.cookie }) })
    const request = { method: 'POST', url: `${browser.origin}/`, headers }
    const session = await sessions.open(request)
    guard.check(request, session)
    await act(session, userId)
    const { setCookie } = await session.commit({ status: 200 })
    browser.keep({ status: 200, headers, setCookie, body: '' })
  }
}
