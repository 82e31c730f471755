import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { TestBrowser } from 'instar/testing'
import { leftOut } from '../../examples/full-stack/support.ts'
import type { SessionFunction } from '../differential/subjects.ts'

test('people stay logged in across the switch, and across a switch back', { skip: leftOut('dropins') }, async () => {
  const { original, ours } = await import('../differential/subjects.ts')
  const { heldStore } = await import('./held-store.ts')
  const { serving } = await import('./scenarios.ts')
  const rows = new Map<string, string>() // As in one database.
  const on = <Result>(session: SessionFunction, steps: (browser: TestBrowser) => Promise<Result>): Promise<Result> =>
    serving({ session, options: { store: heldStore(session, rows) }, hold: () => Promise.reject(), refuse() {} } as never, {}, steps)
  const at = (browser: TestBrowser, jar: ReadonlyMap<string, string>) => new TestBrowser(browser.origin, jar)
  const [theirs, drop] = [original().session, (await ours()).session]

  const before = await on(theirs, async (browser) => {
    await browser.post('/login')
    return browser.jar
  })
  const after = await on(drop, async (server) => {
    equal((await at(server, before).send('/who')).body, 'ann')
    const newcomer = server.another()
    await newcomer.post('/login')
    return newcomer.jar
  })
  await on(theirs, async (server) => {
    for (const jar of [before, after]) equal((await at(server, jar).send('/who')).body, 'ann')
    const leaver = at(server, after)
    await leaver.post('/logout')
    equal((await at(server, after).send('/who')).body, 'nobody')
  })
})
