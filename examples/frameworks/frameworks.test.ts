import { deepEqual, equal } from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { getRequestListener } from '@hono/node-server'
import { createTestSession, TestBrowser } from 'instar/testing'
import { io } from 'socket.io-client'
import { WebSocket } from 'ws'
import * as users from '../users.ts'
import { app as fastify } from './fastify.ts'
import { app as hono } from './hono.ts'
import { app as koa } from './koa.ts'
import * as socketIo from './socket-io.ts'
import { fetch } from './web.ts'
import * as ws from './ws.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const GLOBALS = { overrideGlobalObjects: false }

const listening = async (server: Server): Promise<string> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
const serving =
  (listener: RequestListener): (() => Promise<Server>) =>
  async () =>
    createServer(listener)

const examples: { readonly [name: string]: () => Promise<Server> } = {
  Fastify: async () => {
    await fastify.ready()
    return fastify.server
  },
  Koa: serving(koa.callback()),
  Hono: serving(getRequestListener(hono.fetch, GLOBALS)),
  'web-standard': serving(getRequestListener(fetch, GLOBALS)),
}

before(() => users.add('ann', 'secret'))

for (const [name, open] of Object.entries(examples)) {
  describe(`the ${name} example`, () => {
    let server: Server
    let origin = ''
    before(async () => {
      server = await open()
      origin = await listening(server)
    })
    after(() => server.close())

    test('a cart, a login that keeps it under a new id, a device list, a logout', async () => {
      const browser = new TestBrowser(origin)
      equal((await browser.post('/cart', { body: 'item=apple', headers: FORM })).status, 303)
      const planted = browser.copy()
      equal((await browser.post('/login', { body: 'name=ann&password=wrong', headers: FORM })).status, 401)
      equal((await browser.post('/login', { body: 'name=ann&password=secret', headers: FORM })).headers.get('location'), '/')
      deepEqual([...browser.jar.keys()], ['__Host-Http-sid'])
      equal((await browser.send('/cart')).body, '["apple"]')
      equal((await planted.send('/cart')).body, '[]')
      equal(JSON.parse((await browser.send('/devices')).body).length, 1)
      equal((await browser.sendOnly('/logout', { method: 'POST', site: 'cross-site' })).status, 403)
      const stolen = browser.copy()
      equal((await browser.post('/logout')).status, 303)
      for (const late of [browser, stolen]) equal((await late.send('/devices')).status, 401)
    })
  })
}

test('the ws example talks to a user until their session ends, and to nobody else', async () => {
  const origin = await listening(ws.server)
  const connect = (headers: { [name: string]: string }) => new WebSocket(origin.replace('http', 'ws'), { headers })
  const { cookie } = await createTestSession(ws.sessions, { userId: 'ann' })
  const socket = connect({ cookie, origin })
  await once(socket, 'open')
  socket.send('hello')
  equal(String((await once(socket, 'message'))[0]), 'ann: hello')
  for (const headers of [{ origin }, { cookie, origin: 'https://evil.example' }]) {
    const refused = connect(headers)
    await once(refused, 'error')
  }
  const closed = once(socket, 'close')
  await ws.sessions.revokeAll('ann')
  equal((await closed)[0], 4401)
  ws.close()
})

test('the Socket.IO example talks to a user until their session ends', async () => {
  const origin = await listening(socketIo.server)
  const { cookie } = await createTestSession(socketIo.sessions, { userId: 'ann' })
  const client = io(origin, { transports: ['websocket'], reconnection: false, extraHeaders: { cookie, origin } })
  equal(await client.emitWithAck('say', 'hello'), 'ann: hello')
  const gone = new Promise((resolve) => client.once('disconnect', resolve))
  await socketIo.sessions.revokeAll('ann')
  await gone
  await socketIo.close()
})
