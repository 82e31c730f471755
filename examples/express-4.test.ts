import { equal, match } from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { TestBrowser } from 'instar/testing'
import { app } from './express-4.ts'
import * as users from './users.ts'

app.set('env', 'test') // Express then keeps expected errors off the console.

test('with Express 4 a login that is refused is an answer, and the next one is served', async (context) => {
  await users.add('ann', 'secret')
  const server = app.listen(0, '127.0.0.1')
  context.after(() => server.close())
  await once(server, 'listening')
  const browser = new TestBrowser(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const form = { body: 'name=ann&password=secret', headers: { 'content-type': 'application/x-www-form-urlencoded' } }

  const refused = await browser.post('/login', { ...form, site: null })
  equal(refused.status, 403)
  match(refused.body, /nothing shows|neither/i)
  equal(browser.jar.size, 0)

  equal((await browser.post('/login', form)).status, 303)
  equal((await browser.send('/')).body, '{"user":"ann"}')
})
