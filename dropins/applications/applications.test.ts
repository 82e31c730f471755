import { deepEqual, equal, notEqual } from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser, BrowserContext } from 'playwright-core'
import { launchChromium, whyNoChromium } from '../../apps/demo/test/support/chromium.ts'
import { leftOut } from '../../examples/full-stack/support.ts'
import { makeHome, type Packed, packAll } from '../home.ts'
import { parseDashboard, sqlPad } from './applications.ts'
import { fakeParseServer } from './parse-server.ts'

// Published applications, unmodified, in a browser: over the originals, and over the drop-ins as `overrides` put them.

const PATIENCE_MS = 15_000
const skip = leftOut('dropin-applications') || leftOut('node-22') || (whyNoChromium() ?? false)

describe('published applications', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'instar-packed-'))
  const parse = fakeParseServer()
  let packed: Packed
  let browser: Browser
  before(async () => {
    await once(parse.listen(0, '127.0.0.1'), 'listening')
    packed = await packAll(folder)
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    parse.closeAllConnections()
    parse.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const cookiesOf = async (context: BrowserContext): Promise<string> => (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ')

  for (const application of [parseDashboard, sqlPad]) {
    for (const dropins of [false, true]) {
      test(`${application.name} with ${dropins ? 'the drop-ins' : 'the originals'}`, async () => {
        const home = await makeHome('dropin-applications', dropins ? packed : undefined)
        const server = await application.start(home, `http://127.0.0.1:${(parse.address() as AddressInfo).port}`)
        const context = await browser.newContext({ baseURL: server.origin })
        context.setDefaultTimeout(PATIENCE_MS)
        try {
          const stranger = await browser.newContext({ baseURL: server.origin })
          await application.before(await stranger.newPage())
          const planted = await cookiesOf(stranger)
          notEqual(planted, '')
          equal(await application.whoIs(server.origin, planted), application.stranger)
          await context.addCookies((await stranger.cookies()).map(({ name, value }) => ({ name, value, url: server.origin })))
          await stranger.close()
          const page = await context.newPage()
          await application.logIn(page)
          await application.use(page)
          const stolen = await cookiesOf(context)
          const user = await application.whoIs(server.origin, stolen)
          equal(user, 'ann@example.com')
          // Who planted the cookie.
          deepEqual([await application.whoIs(server.origin, planted), planted === stolen], application.isFixed && !dropins ? [user, true] : ['', false])
          await application.logOut(page)
          equal(await application.whoIs(server.origin, stolen), '')
        } catch (error) {
          throw new Error(`${(error as Error).message}\n${server.output()}`, { cause: error })
        } finally {
          await context.close()
          await server.stop()
          home.remove()
        }
      })
    }
  }
})
