import { type TestContext, test } from 'node:test'
import { type EngineName, engineParts } from '../src/index.ts'

/** A test that skips itself where an engine's program is missing, unless INSTAR_REQUIRE_ALL=1. */
export function testWith(engines: readonly EngineName[], title: string, steps: (t: TestContext) => Promise<void>): void {
  test(title, async (t) => {
    const missing = engineParts().filter(({ name, path }) => engines.includes(name) && path === undefined)
    const words = missing.map(({ name, mend }) => `${name} is missing. ${mend}`).join(' ')
    if (words !== '' && process.env['INSTAR_REQUIRE_ALL'] !== '1') return t.skip(words)
    await steps(t)
  })
}
