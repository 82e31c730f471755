import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { TestBrowser } from 'instar/testing'
import { app } from './express.ts'
import { server as plainServer } from './node-http.ts'
import * as users from './users.ts'

app.set('env', 'test') // Express then keeps expected errors off the console.

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const login = { body: 'name=ann&password=secret', headers: FORM }

describe('the Express example', () => {
  const server = app.listen(0, '127.0.0.1')
  let origin = ''
  before(async () => {
    await users.add('ann', 'secret')
    if (!server.listening) await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => server.close())

  test('a cart, a login that keeps it under a new id, a device list, a logout', async () => {
    const browser = new TestBrowser(origin)
    equal((await browser.post('/cart', { body: 'item=apple', headers: FORM })).status, 303)
    const planted = browser.copy()
    deepEqual([...browser.jar.keys()], ['__Host-Http-pre'])

    equal((await browser.post('/login', login)).headers.get('location'), '/')
    deepEqual([...browser.jar.keys()], ['__Host-Http-sid'])
    notEqual(browser.cookie, planted.cookie)
    equal((await browser.send('/cart')).body, '["apple"]')
    equal((await planted.send('/cart')).body, '[]')

    const [device] = JSON.parse((await browser.send('/devices')).body)
    deepEqual([device.methods, device.level], [['login'], 1])

    const stolen = browser.copy()
    equal((await browser.post('/logout')).status, 303)
    equal(browser.jar.size, 0)
    for (const late of [browser, stolen]) equal((await late.send('/devices')).status, 401)
  })

  test('a wrong password, a wrong name and a request without either log nobody in', async () => {
    const browser = new TestBrowser(origin)
    for (const body of ['name=ann&password=wrong', 'name=bob&password=secret', '']) equal((await browser.post('/login', { body, headers: FORM })).status, 401)
    equal(browser.jar.size, 0)
  })

  test('a form of another site is refused', async () => {
    const browser = new TestBrowser(origin)
    equal((await browser.post('/login', { ...login, site: 'cross-site' })).status, 403)
    equal((await browser.post('/cart', { body: 'item=x', headers: FORM, site: 'same-site' })).status, 403)
  })

  test('the token of its forms serves a browser that sends no other sign', async () => {
    const browser = new TestBrowser(origin)
    await browser.post('/login', login)
    equal((await browser.post('/cart', { body: 'item=pear', headers: FORM, site: null })).status, 403)
    const token = /name="_csrf" value="([^"]+)"/.exec((await browser.send('/')).body)?.[1]
    ok(token)
    equal((await browser.post('/cart', { body: `item=pear&_csrf=${token}`, headers: FORM, site: null })).status, 303)
  })
})

describe('the node:http example', () => {
  let origin = ''
  before(async () => {
    plainServer.listen(0, '127.0.0.1')
    await once(plainServer, 'listening')
    origin = `http://127.0.0.1:${(plainServer.address() as AddressInfo).port}`
  })
  after(() => plainServer.close())

  test('counts views and logs in and out', async () => {
    const browser = new TestBrowser(origin)
    equal((await browser.send('/')).body, 'nobody, 1 views')
    equal((await browser.send('/')).body, 'nobody, 2 views')
    equal((await browser.post('/login')).status, 303)
    match((await browser.send('/')).body, /^ann, 1 views$/)
    equal((await browser.post('/logout', { site: 'cross-site' })).status, 403)
    equal((await browser.post('/logout')).status, 303)
    equal((await browser.send('/')).body, 'nobody, 1 views')
    equal((await browser.send('/absent')).status, 404)
  })
})
