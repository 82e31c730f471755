import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { SessionManager } from 'instar'
import { TestBrowser } from 'instar/testing'
import { medianOf, type Quantiles, quantilesOf } from './quantiles.ts'
import type { Subject } from './subject.ts'

/** So often somebody comes, writes to an anonymous session and then logs in, in milliseconds. */
const EVERY = 10
const QUIET_LOGINS = 200

export interface Purge {
  readonly removed: number
  readonly seconds: number
  readonly batches: number
  /** Medians over the first and the last tenth of the batches, in microseconds: to find the rows, and to remove them. */
  readonly firstBatches: { readonly found: number; readonly removed: number }
  readonly lastBatches: { readonly found: number; readonly removed: number }
  /** From when somebody came until they were logged in: without the purge, and with it. */
  readonly loginsBefore: Quantiles
  readonly loginsDuring: Quantiles
}

/** Removes what has expired while people log in. `expire` lets the clock jump. */
export async function purged(subject: Subject, now: () => number, expire: () => void, expired: number, sweepsByItself: boolean): Promise<Purge> {
  const sessions = new SessionManager<{ cart: string[] }>({ store: subject.store, now })
  const before = performance.now()
  const loginsBefore = await logins(sessions, before, () => before + QUIET_LOGINS * EVERY)
  expire()
  const start = performance.now()
  let end = Number.POSITIVE_INFINITY
  const purge = subject.store.deleteExpired().finally(() => (end = performance.now()))
  const [removed, loginsDuring] = await Promise.all([purge, logins(sessions, start, () => end)])
  // Of those who came before, the logins and the tombstones of their anonymous sessions have expired too.
  const gone = expired + 2 * loginsBefore.length
  assert.ok(sweepsByItself ? removed <= gone : removed === gone, `${removed} of ${gone} rows were removed.`)
  const { batches } = subject
  const tenth = Math.ceil(batches.removed.length / 10)
  const figures = {
    removed: gone,
    seconds: Math.round(end - start) / 1000,
    batches: batches.removed.length,
    firstBatches: { found: medianOf(batches.found.slice(0, tenth)), removed: medianOf(batches.removed.slice(0, tenth)) },
    lastBatches: { found: medianOf(batches.found.slice(-tenth)), removed: medianOf(batches.removed.slice(-tenth)) },
    loginsBefore: quantilesOf(loginsBefore),
    loginsDuring: quantilesOf(loginsDuring),
  }
  assert.equal(await subject.store.deleteExpired(), 0)
  return figures
}

/** How long people waited to be logged in, from when they were to come, between these times: whoever comes while the process is busy waits too. */
async function logins(sessions: SessionManager<{ cart: string[] }>, start: number, end: () => number): Promise<number[]> {
  const waits: number[] = []
  const visits: Promise<unknown>[] = []
  for (let due = start; due < end(); due += EVERY) {
    await sleep(Math.max(0, due - performance.now()))
    const came = Math.min(due, performance.now()) // A timer may be early by part of a millisecond.
    visits.push(visit(sessions, `newcomer ${due}`).then(() => waits.push(performance.now() - came)))
  }
  await Promise.all(visits)
  return waits
}

async function visit(sessions: SessionManager<{ cart: string[] }>, userId: string): Promise<void> {
  const browser = new TestBrowser('https://shop.example')
  for (const page of ['cart', 'login']) {
    const headers = new Headers(browser.cookie ? { cookie: browser.cookie } : {})
    const session = await sessions.open({ method: 'GET', url: `${browser.origin}/${page}`, headers })
    if (page === 'cart') session.set('cart', ['tea'])
    else await session.login(userId, { keep: ['cart'] })
    const { setCookie } = await session.commit({ status: 200 })
    browser.keep({ status: 200, headers, setCookie, body: '' })
  }
}
