import type { Session } from '../../core/session.ts'
import type { AdapterHandler, AdapterSubject, Data } from '../adapter-subject.ts'
import { type ConformanceCase, equal } from '../check.ts'
import { pieces, storing, testCase, text, type World } from './case.ts'

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
  testCase(
    'a client that goes away leaves what was written stored',
    { '/slow': storing(text('stored')), '/x': (session) => text(String(session.has('x'))) },
    async ({ browser, store }) => {
      await browser.send('/cart')
      const gate = store.hold('update')
      const abort = new AbortController()
      const gone = browser.fetch
        .call(undefined, `${browser.origin}/slow`, {
          method: 'POST',
          signal: abort.signal,
          headers: { cookie: browser.cookie, 'sec-fetch-site': 'same-origin' },
        })
        .catch(() => 'aborted')
      await gate.reached
      abort.abort()
      equal(await gone, 'aborted', 'what the client saw')
      gate.open()
      let stored = 'false'
      for (let tries = 0; tries < 100 && stored !== 'true'; tries++) stored = (await browser.send('/x')).body
      equal(stored, 'true', 'whether it was stored')
    },
  ),
]
