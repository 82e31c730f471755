import type { Session } from '../../core/session.ts'
import type { AdapterHandler, AdapterSubject, Data } from '../adapter-subject.ts'
import type { TestBrowser } from '../browser.ts'
import { type ConformanceCase, equal } from '../check.ts'
import { pieces, type Routes, storing, testCase, text, type World } from './case.ts'

/** What a late attempt ended with. */
const codeOf = async (attempt: () => unknown): Promise<unknown> => {
  try {
    await attempt()
    return 'none'
  } catch (error) {
    return (error as { code?: unknown }).code
  }
}

/** A case whose body goes on, with what `then` does, once the client has the head and calls `goOn`. */
const afterTheHead = (
  title: string,
  then: (session: Session<Data, unknown>) => unknown,
  steps: (world: World, response: Response, goOn: () => void) => Promise<void>,
): ConformanceCase<AdapterSubject> => ({
  title,
  async check(subject) {
    const head = Promise.withResolvers<void>()
    const handler: AdapterHandler = (session) =>
      text('', {
        body: pieces(
          'head ',
          () => head.promise,
          () => then(session),
          'end',
        ),
      })
    await testCase(title, { '/late': handler }, async (world) => {
      const { browser } = world
      const response = await browser.fetch.call(undefined, `${browser.origin}/late`, { method: 'POST', headers: { 'sec-fetch-site': 'same-origin' } })
      await steps(world, response, head.resolve)
    }).check(subject)
  },
})

/** Sends a request and goes away when it has come to a point. */
async function leaving(browser: TestBrowser, path: string, reached: Promise<void>): Promise<void> {
  const abort = new AbortController()
  const headers = { cookie: browser.cookie, 'sec-fetch-site': 'same-origin' }
  const outcome = browser.fetch.call(undefined, browser.origin + path, { method: 'POST', signal: abort.signal, headers }).then(
    () => 'answered',
    () => 'gone',
  )
  await reached
  abort.abort()
  equal(await outcome, 'gone', 'what the client saw')
  for (let others = 0; others < 5; others++) await browser.send('/who') // By then the server knows too.
}

/** Asks until an answer comes; what nobody waits for has no other sign. */
async function eventually(browser: TestBrowser, path: string, wanted: string): Promise<void> {
  let body = ''
  for (let tries = 0; tries < 200 && body !== wanted; tries++) body = (await browser.send(path)).body
  equal(body, wanted, 'what is stored')
}

/** Bodies that are streamed, break off, or are not waited for. */
export const bodies: readonly ConformanceCase<AdapterSubject>[] = [
  testCase(
    'a streamed body waits for the commit and arrives whole',
    { '/stream': (session, request) => storing(text('', { body: pieces('one ', 'two ', 'x'.repeat(200_000), ' end') }))(session, request) },
    async ({ browser }) => {
      const { body, setCookie } = await browser.send('/stream')
      equal([body.length, body.slice(0, 8), body.slice(-4), setCookie.length], [200_012, 'one two ', ' end', 1], 'length, start, end, cookies')
    },
  ),
  afterTheHead(
    'once the head is gone a write or a login is refused before the store is asked',
    async (session) => {
      const codes = [await codeOf(() => session.set('x', 1)), await codeOf(() => session.login('ann'))]
      if (codes.join() !== 'head_sent,head_sent') throw new Error(`The attempts ended with ${codes}.`)
    },
    async ({ store }, response, goOn) => {
      goOn()
      equal([await response.text(), response.headers.getSetCookie(), store.operations], ['head end', [], []], 'body, cookies, store operations')
    },
  ),
  afterTheHead(
    'a body that breaks off after the head has gone ends the connection and nothing else',
    () => {
      throw new Error('the stream broke')
    },
    async ({ browser }, response, goOn) => {
      goOn()
      const outcome = await response.text().then(
        () => 'answered',
        () => 'broken off',
      )
      equal(outcome, 'broken off', 'what the client saw')
      equal((await browser.send('/who')).status, 200, 'the status of the next request')
    },
  ),
  {
    title: 'a client that goes away, before the answer or while it waits for the store, leaves what was written stored',
    async check(subject) {
      const entered = Promise.withResolvers<void>()
      const left = Promise.withResolvers<void>()
      const routes: Routes = {
        '/leave': async (session) => {
          entered.resolve()
          await left.promise
          session.set('first', true)
          return text('stored')
        },
        '/slow': (session) => {
          session.set('second', true)
          return text('stored')
        },
        '/both': (session) => text(`${session.has('first')} ${session.has('second')}`),
      }
      await testCase('', routes, async ({ browser, store }) => {
        await browser.send('/cart')
        await leaving(browser, '/leave', entered.promise)
        left.resolve()
        await eventually(browser, '/both', 'true false')
        const gate = store.hold('update')
        await leaving(browser, '/slow', gate.reached)
        gate.open()
        await eventually(browser, '/both', 'true true')
      }).check(subject)
    },
  },
]
