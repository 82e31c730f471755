import { CsrfGuard, InstarError, type Json, type Session, type SessionManager } from 'instar'
import type { Order, Report } from './server-process.ts'

export type Manager = SessionManager<{ [key: string]: Json }, string>
type ModelSession = Session<{ [key: string]: Json }, string>

const guard = new CsrfGuard()

/** Does with a request what an adapter and an application do, and tells of each step. */
export async function runRequest(manager: Manager, order: Order, stamp: string, pause: () => Promise<void>, tell: (report: Report) => void): Promise<void> {
  const { number, cookie } = order
  const request = { method: 'POST', url: 'https://shop.example/', headers: new Headers({ 'sec-fetch-site': 'same-origin', ...(cookie && { cookie }) }) }
  let session: ModelSession
  try {
    session = await manager.open(request)
  } catch (error) {
    return expectKnown(error)
  }
  const { handle, userId, level } = session
  tell({ kind: 'opened', number, sight: { handle, userId, level, secret: session.get('secret') } })
  guard.check(request, session)
  await pause()

  tell({ kind: 'acting', number })
  let status = 200
  try {
    await perform(session, order, stamp)
    tell({ kind: 'acted', number })
  } catch (error) {
    expectKnown(error)
    status = (error as InstarError).status
  }
  let cookies: readonly string[]
  try {
    cookies = (await session.commit({ status })).setCookie
    if (status === 200) tell({ kind: 'committed', number, handle: session.handle })
  } catch (error) {
    expectKnown(error)
    // As the adapters have it: the error's answer is committed too, and where even that fails a bare one goes.
    const second = await Promise.resolve(session.commit({ status: (error as InstarError).status })).catch(expectKnown)
    cookies = second?.setCookie ?? []
  }
  tell({ kind: 'answered', number, cookies, userId: session.userId, level: session.level })
}

async function perform(session: ModelSession, { act, who }: Order, stamp: string): Promise<void> {
  if (act === 'count') session.update('n', (n) => ((n as number | undefined) ?? 0) + 1)
  else if (act === 'keep a secret') session.set('secret', session.userId ?? 'anonymous')
  else if (act === 'ask who') await session.user()
  else if (act === 'elevate') await session.elevate({ method: 'totp', level: session.level + 1 })
  else if (act === 'login') await session.login(who, { stamp, keep: ['cart'] })
  else if (act === 'logout') await session.logout()
  else if (act === 'logout everywhere') await session.logout({ everywhere: true })
}

function expectKnown(error: unknown): void {
  const codes = ['store_unavailable', 'conflict', 'delta_dropped', 'session_ended', 'credentials_changed', 'limit_reached', 'login_required']
  if (!(error instanceof InstarError && codes.includes(error.code))) throw error
}
