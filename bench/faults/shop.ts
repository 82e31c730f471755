import { CsrfGuard, InstarError, type Session, SessionManager, type SessionStore } from 'instar'
import type { Act, Answer, Failure, Order } from './ledger.ts'

interface Data {
  last: number
  count: number
}

/** An application in small: serves each order as an adapter serves a request, and answers with what a browser would be told. */
export class Shop {
  readonly #sessions: SessionManager<Data>
  readonly #guard = new CsrfGuard()

  constructor(store: SessionStore) {
    this.#sessions = new SessionManager<Data>({ store })
  }

  async serve(order: Order): Promise<Answer> {
    const { act, token, user = '' } = order
    const headers = new Headers({ 'sec-fetch-site': 'same-origin', ...(token && { cookie: `${COOKIE}=${token}` }) })
    const request = { method: act === 'look' ? 'GET' : 'POST', url: 'https://shop.example/', headers }
    let session: Session<Data> | undefined
    let answer: Answer = {}
    try {
      if (act === 'revoke') {
        await this.#sessions.revokeAll(user)
        return {}
      }
      session = await this.#sessions.open(request)
      answer = { sight: { user: session.userId, last: session.get('last') ?? null, count: session.get('count') ?? 0 } }
      this.#guard.check(request, session)
      await ACTS[act](session, order)
      return { ...answer, ...cookieOf(await session.commit({ status: 200 })) }
    } catch (error) {
      const failure = failureOf(error)
      // As adapters do: the answer to a failure carries the cookie of a login that was stored before it.
      const head = await Promise.resolve(session?.commit({ status: failure.status ?? 500 })).catch(() => undefined)
      return { ...answer, ...(head && cookieOf(head)), failure }
    }
  }
}

const COOKIE = '__Host-Http-sid'

const ACTS: { readonly [act in Exclude<Act, 'revoke'>]: (session: Session<Data>, order: Order) => unknown } = {
  login: (session, { user = '' }) => session.login(user),
  logout: (session) => session.logout(),
  everywhere: (session) => session.logout({ everywhere: true }),
  elevate: (session) => session.elevate({ method: 'totp' }),
  async set(session, { value = 0 }) {
    await session.requireUser()
    session.set('last', value)
  },
  async count(session) {
    await session.requireUser()
    session.update('count', (count = 0) => count + 1)
  },
  look: () => {},
}

function cookieOf({ setCookie }: { readonly setCookie: readonly string[] }): { cookie?: string } {
  const header = setCookie.find((text) => text.startsWith(`${COOKIE}=`))
  return header === undefined ? {} : { cookie: header.slice(COOKIE.length + 1, header.indexOf(';')) }
}

function failureOf(error: unknown): Failure {
  const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown }
  const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : ''
  return { name: String(name), code: String(code), status: error instanceof InstarError ? error.status : null, message: `${message}${cause}` }
}
