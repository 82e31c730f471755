import { deepEqual, equal } from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { TestBrowser } from 'instar/testing'
import { leftOut } from '../../examples/full-stack/support.ts'
import * as users from '../../examples/users.ts'
import { CLIENT, type Provider, startProvider } from '../../packages/passport/test/provider.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

describe('strategies on Koa, as the guide has them', { skip: leftOut('dropins') }, () => {
  let provider: Provider
  let server: Server
  let origin = ''
  before(async () => {
    await users.add('bob', 'secret')
    provider = await startProvider()
    const { makeApp } = await import('./koa.ts')
    server = createServer(makeApp({ origin: provider.origin, clientId: CLIENT.id, clientSecret: CLIENT.secret }).callback()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(async () => {
    server?.close()
    await provider?.close()
  })

  test('a strategy of one’s own: a wrong password, a right one, and a planted cookie that stays a stranger’s', async () => {
    const browser = new TestBrowser(origin)
    await browser.post('/cart')
    const planted = browser.copy()
    equal((await browser.post('/login/password', { body: 'name=bob&password=wrong', headers: FORM })).status, 401)
    const answer = await browser.post('/login/password', { body: 'name=bob&password=secret', headers: FORM })
    deepEqual([answer.status, answer.headers.get('location')], [303, '/'])
    deepEqual([(await browser.send('/me')).body, (await planted.send('/me')).body], ['bob', 'nobody'])
    equal((await browser.post('/cart')).body, '["apple","apple"]')
  })

  test('a strategy of Passport: to the provider and back, for the visitor who went there', async () => {
    const browser = new TestBrowser(origin)
    const asked = await browser.send('/login/provider')
    equal(asked.status, 302)
    const back = (await fetch(asked.headers.get('location') as string, { redirect: 'manual' })).headers.get('location') as string
    const path = back.slice(origin.length)
    equal((await new TestBrowser(origin).send(path, { site: 'cross-site' })).status, 403)
    const answer = await browser.send(path, { site: 'cross-site' })
    deepEqual([answer.status, answer.headers.get('location')], [303, '/'])
    equal((await browser.send('/me')).body, 'ann')
  })
})
