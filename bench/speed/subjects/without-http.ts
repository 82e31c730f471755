// Measures the built library without http, in a process of its own, and prints what came out: what opening and committing the session of a request costs for who comes
// without a cookie, and with one of a session that is gone.
import { type RequestLike, type Session, SessionManager, type SessionStore } from 'instar'
import { memoryStore } from 'instar/stores/memory'
import { Jar } from '../load/visitor.ts'
import type { Micro, StoreCalls } from '../micro.ts'
import { quantile, rounded } from '../statistics.ts'

/** In each round: enough for the clock. */
const EACH = 2000
const OTHERS = 'theme=dark; consent=1'
const ORIGIN = 'https://shop.example'
const DEAD = `__Host-Http-sid=${'a'.repeat(22)}.${'b'.repeat(43)}`

/** Prints the figures of so many rounds. */
export async function measure(rounds: number): Promise<void> {
  const calls: { [operation: string]: number } = {}
  const plain = new SessionManager({ store: memoryStore(), origin: ORIGIN })
  const watched = new SessionManager({ store: counting(memoryStore(), calls), origin: ORIGIN })
  const requests = { 'no cookie': request(''), 'dead cookie': request(DEAD) }
  const paths: { [path: string]: Micro['paths'][string] } = {}
  for (const [path, like] of Object.entries(requests)) {
    const storeCalls = await counted(calls, () => visit(watched, like))
    paths[path] = { microseconds: await fifthOf(plain, like, rounds), storeCalls }
  }
  const result: Micro = { paths, changes: await changes(watched, calls) }
  process.stdout.write(JSON.stringify(result))
}

/** A visitor with an anonymous session logs in, and out. */
async function changes(manager: SessionManager, calls: { [operation: string]: number }): Promise<Micro['changes']> {
  const jar = new Jar()
  const take = (cookies: readonly string[]): unknown => jar.take(cookies.map((cookie) => `\r\nset-cookie: ${cookie}`).join(''))
  const coming = (): Promise<Session> | Session => manager.open(request(jar.header ?? ''))
  const leave = async (session: Session): Promise<unknown> => take((await session.commit({ status: 200 })).setCookie)

  const anonymous = await coming()
  anonymous.set('cart', ['apple'])
  await leave(anonymous)
  const before = await coming()
  const login = await counted(calls, async () => {
    await before.login('ann')
    await leave(before)
  })
  const after = await coming()
  const logout = await counted(calls, async () => {
    await after.logout()
    await leave(after)
  })
  return { login, logout }
}

async function counted(calls: { [operation: string]: number }, act: () => Promise<unknown>): Promise<StoreCalls> {
  for (const operation of Object.keys(calls)) delete calls[operation]
  await act()
  return { ...calls }
}

/** As an adapter does it. */
async function visit(manager: SessionManager, like: RequestLike): Promise<void> {
  const session = await manager.open(like)
  session.isAuthenticated()
  await session.commit({ status: 200 })
}

async function fifthOf(manager: SessionManager, like: RequestLike, rounds: number): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    for (let n = 0; n < EACH; n++) await visit(manager, like)
    times.push(((performance.now() - start) * 1000) / EACH)
  }
  return rounded(quantile(times, 0.2))
}

function request(sessionCookie: string): RequestLike {
  const cookie = sessionCookie === '' ? OTHERS : `${OTHERS}; ${sessionCookie}`
  const headers: { readonly [name: string]: string } = {
    host: 'shop.example',
    cookie,
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)',
    'sec-fetch-site': 'same-origin',
  }
  return { method: 'GET', url: 'https://shop.example/read', headers: { get: (name) => headers[name.toLowerCase()] ?? null } }
}

function counting(store: SessionStore, calls: { [operation: string]: number }): SessionStore {
  return new Proxy(store, {
    get(target, operation: keyof SessionStore & string) {
      const method = target[operation] as unknown
      if (typeof method !== 'function') return method
      return (...args: readonly unknown[]) => {
        calls[operation] = (calls[operation] ?? 0) + 1
        return Reflect.apply(method, target, args)
      }
    },
  })
}
