import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { type Ending, type EndingFeed, SessionManager } from 'instar'
import { SessionSockets } from 'instar/adapters/sockets'
import { memoryStore } from 'instar/stores/memory'
import { createTestSession, gatedStore, TestClock } from 'instar/testing'
import { Server } from 'socket.io'
import { io } from 'socket.io-client'
import { ask, closed, type Data, type Site, site } from './site.ts'

/** An interval that no test waits for. */
const LONG = { interval: '1d' } as const
const ENDED = { code: 4401, reason: 'session_ended' }

const openSession = ({ sessions }: Site, cookie: string) => sessions.open({ method: 'GET', url: 'https://shop.example/', headers: new Headers({ cookie }) })

test('a socket has the session of its handshake, to be read', async () => {
  const it = await site({ store: memoryStore() }, LONG)
  const { cookie } = await it.logIn('ann')
  assert.equal(await ask(await it.open(cookie)), 'ann')
  assert.equal(await ask(await it.open('')), 'null')
  assert.equal(it.sockets.size, 1)
  await it.close()
})

test('a page of another origin is refused, and so is one that hides it; a trusted one and a token pass', async () => {
  const it = await site({ store: memoryStore() }, { ...LONG, csrf: { trustedOrigins: ['https://admin.example'] } })
  const { cookie } = await it.logIn('ann')
  const status = (more: { [name: string]: string }) =>
    it.open(cookie, more).then(
      () => 101,
      (error: Error) => Number(/\d+$/.exec(error.message)?.[0]),
    )
  assert.equal(await status({ origin: 'https://evil.example' }), 403)
  assert.equal(await status({ origin: it.origin.replace(/\d+$/, '1') }), 403)
  assert.equal(await status({ origin: 'null' }), 403)
  assert.equal(await status({ origin: it.origin, 'sec-fetch-site': 'cross-site' }), 403)
  assert.equal(await status({}), 403)
  assert.equal(await status({ origin: 'https://admin.example' }), 101)
  assert.equal(await status({ 'sec-fetch-site': 'same-origin' }), 101)
  const token = (await openSession(it, cookie)).csrfToken()
  assert.equal(await status({ 'x-csrf-token': token }), 101)
  await it.close()
})

for (const [how, end] of Object.entries({
  'its logout': async (it: Site, cookie: string) => (await openSession(it, cookie)).logout(),
  'a logout everywhere elsewhere': async (it: Site) => (await openSession(it, (await it.logIn('ann')).cookie)).logout({ everywhere: true }),
  revoke: (it: Site, _cookie: string, handle: string) => it.sessions.revoke('ann', handle),
  revokeOthers: async (it: Site) => it.sessions.revokeOthers(await openSession(it, (await it.logIn('ann')).cookie)),
  revokeAll: (it: Site) => it.sessions.revokeAll('ann'),
  revokeEveryone: (it: Site) => it.sessions.revokeEveryone(),
  'a login over it': async (it: Site, cookie: string) => (await openSession(it, cookie)).login('ann', { allowUnverifiedRequest: true }),
} satisfies { [how: string]: (it: Site, cookie: string, handle: string) => Promise<unknown> }))
  test(`a socket is closed by ${how}, at once and with nobody else's`, async () => {
    const it = await site({ store: memoryStore() }, LONG)
    const { cookie, handle } = await it.logIn('ann')
    const [mine, mine2, other, nobody] = await Promise.all([it.open(cookie), it.open(cookie), it.open((await it.logIn('bob')).cookie), it.open('')])
    const ends = [closed(mine), closed(mine2)]
    const bobs = how === 'revokeEveryone' ? closed(other) : undefined
    await end(it, cookie, handle)
    assert.deepEqual(await Promise.all(ends), [ENDED, ENDED])
    if (bobs) assert.deepEqual(await bobs, ENDED)
    else assert.equal(await ask(other), 'bob')
    assert.equal(await ask(nobody), 'null')
    await it.close()
  })

test('a session that ended between its handshake and its socket closes the socket', async () => {
  const store = gatedStore(memoryStore())
  const it = await site({ store }, LONG)
  const { cookie } = await it.logIn('ann')
  const gate = store.hold('update', 'after') // The handshake notes that the session is used.
  const opening = it.open(cookie)
  await gate.reached
  await it.sessions.revokeAll('ann')
  gate.open()
  assert.deepEqual(await closed(await opening), ENDED)
  await it.close()
})

test('a socket that was opened with a secret which an elevation replaced is closed, and the one of the new secret stays', async () => {
  const feed = manualFeed()
  const it = await site({ store: memoryStore(), feed }, LONG)
  const { cookie, handle } = await it.logIn('ann')
  const old = await it.open(cookie)
  const session = await openSession(it, cookie)
  await session.elevate({ method: 'totp' })
  const elevated = (await session.commit({ status: 200 })).setCookie[0]?.split(';')[0] as string
  const fresh = await it.open(elevated)
  const end = closed(old)
  feed.tell({ handle })
  assert.deepEqual(await end, ENDED)
  assert.equal(await ask(fresh), 'ann')
  await it.close()
})

test('another stamp of the credentials and expiry are noticed when the store is looked at', async () => {
  const clock = new TestClock()
  const feed = manualFeed()
  let stamp = 'old'
  const it = await site(
    { store: memoryStore({ now: clock.now }), now: clock.now, feed, loadUser: (id) => ({ user: id, stamp: id === 'ann' ? stamp : 'same' }) },
    LONG,
  )
  const ann = await it.open((await it.logIn('ann', { stamp: 'old' })).cookie)
  const bob = await it.open((await it.logIn('bob', { stamp: 'same' })).cookie)
  const ends = [closed(ann), closed(bob)]
  stamp = 'new'
  feed.tell({})
  assert.deepEqual(await ends[0], ENDED)
  assert.equal(await ask(bob), 'bob')
  clock.advance(31 * 60_000)
  feed.tell({})
  assert.deepEqual(await ends[1], ENDED)
  await it.close()
})

test('without a feed the interval notices; while the store is down sockets stay for six intervals and no longer', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const store = gatedStore(memoryStore())
  const other = new SessionManager<Data, string>({ store })
  const it = await site({ store }, { interval: '10s' })
  const ann = await it.open((await it.logIn('ann')).cookie)
  const bob = await it.open((await it.logIn('bob')).cookie)
  const end = closed(ann)
  await other.revokeAll('ann')
  t.mock.timers.tick(10_000)
  assert.deepEqual(await end, ENDED)
  store.breakDown()
  const now = performance.now()
  t.mock.method(performance, 'now', () => now + 59_000)
  t.mock.timers.tick(10_000)
  assert.equal(await ask(bob), 'bob')
  t.mock.method(performance, 'now', () => now + 61_000)
  const late = closed(bob)
  t.mock.timers.tick(10_000)
  assert.deepEqual(await late, { code: 4401, reason: 'store_unavailable' })
  await it.close()
})

test('a client that does not answer the closing handshake is cut off, and nothing that it sends meanwhile is read', async () => {
  const it = await site({ store: memoryStore() }, LONG)
  const { cookie } = await it.logIn('ann')
  const socket = await it.open(cookie)
  socket.pause() // It reads no closing frame, and so answers none.
  let answers = 0
  socket.on('message', () => answers++)
  await it.sessions.revokeAll('ann')
  socket.send('who')
  socket.resume()
  await closed(socket)
  assert.equal(answers, 0)
  await it.close()
})

test('a socket that closes by itself is no longer watched', async () => {
  const it = await site({ store: memoryStore() }, LONG)
  const socket = await it.open((await it.logIn('ann')).cookie)
  assert.equal(it.sockets.size, 1)
  socket.close()
  await closed(socket)
  while (it.sockets.size > 0) await new Promise((resolve) => setImmediate(resolve))
  await it.close()
})

test('Socket.IO: the session of the handshake, refused from other origins, disconnected when it ends, by either transport', async () => {
  const sessions = new SessionManager<Data, string>({ store: memoryStore() })
  const sockets = new SessionSockets(sessions, LONG)
  const http = createServer()
  const server = new Server(http)
  server.use(sockets.socketIo)
  server.on('connection', (socket) => socket.on('who', (answer) => answer(socket.data.session.userId)))
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  for (const transport of ['websocket', 'polling'] as const) {
    const { cookie } = await createTestSession(sessions, { userId: 'ann' })
    const connect = (from: string) => io(origin, { transports: [transport], forceNew: true, reconnection: false, extraHeaders: { cookie, origin: from } })
    const client = connect(origin)
    await new Promise((resolve) => client.once('connect', () => resolve(undefined)))
    assert.equal(await client.emitWithAck('who'), 'ann')
    const evil = connect('https://evil.example')
    const refusal = await new Promise<Error>((resolve) => evil.once('connect_error', resolve))
    assert.match(refusal.message, /Origin is not this site/)
    const end = new Promise((resolve) => client.once('disconnect', resolve))
    await sessions.revokeAll('ann')
    assert.match(String(await end), /disconnect|transport close/)
    evil.close()
  }
  sockets.close()
  await server.close()
})

test('a connection that is reset during its handshake, or while it is refused, ends nothing else', async () => {
  const store = gatedStore(memoryStore())
  const it = await site({ store }, LONG)
  const { cookie } = await it.logIn('ann')
  const gate = store.hold('find', 'after')
  const slow = await rawHandshake(it, { cookie })
  await gate.reached
  slow.resetAndDestroy()
  const refused = await rawHandshake(it, { cookie, origin: 'https://evil.example' })
  refused.resetAndDestroy()
  gate.open()
  for (let others = 0; others < 20; others++) await assert.rejects(it.open(cookie, { origin: 'https://evil.example' }), /403/)
  assert.equal(await ask(await it.open(cookie)), 'ann')
  await it.close()
})

test('a frame that is none closes its socket and ends nothing else', async () => {
  const it = await site({ store: memoryStore() }, LONG)
  const { cookie } = await it.logIn('ann')
  const [bad, good] = [await it.open(cookie), await it.open(cookie)]
  const end = once(bad, 'close')
  rawSocketOf(bad).write(Buffer.from([0xff, 0xff, 0xff, 0xff]))
  await end
  assert.equal(await ask(good), 'ann')
  await it.close()
})

test('a refused handshake is closed, also when its client never says that it is done', async () => {
  const it = await site({ store: memoryStore() }, LONG)
  const client = await rawHandshake(it, { origin: 'https://evil.example', cookie: (await it.logIn('ann')).cookie })
  client.resume()
  await once(client, 'end')
  while (!client.destroyed) {
    client.write('still here') // It is told so only when it writes.
    await new Promise((resolve) => setImmediate(resolve))
  }
  await it.close()
})

test('a loadUser that never answers keeps nobody logged in and stops no other look', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const store = gatedStore(memoryStore())
  let isHanging = false
  const loadUser = async (id: string) => {
    if (isHanging && id === 'ann') await new Promise(() => {})
    return { user: id, stamp: 'same' }
  }
  const it = await site({ store, loadUser }, { interval: '50ms' as '1s' })
  const elsewhere = new SessionManager<Data, string>({ store })
  const ann = await it.open((await it.logIn('ann', { stamp: 'same' })).cookie)
  const bob = await it.open((await it.logIn('bob', { stamp: 'same' })).cookie)
  assert.equal(await ask(ann), 'ann')
  isHanging = true
  const ends = [closed(ann), closed(bob)]
  await elsewhere.revokeAll('bob')
  t.mock.timers.tick(50)
  assert.deepEqual(await ends[1], ENDED)
  const now = performance.now()
  t.mock.method(performance, 'now', () => now + 301)
  t.mock.timers.tick(50)
  assert.deepEqual(await ends[0], { code: 4401, reason: 'store_unavailable' })
  await it.close()
})

test('an interval that no timer can wait for is refused', () => {
  assert.throws(() => new SessionSockets(new SessionManager({ store: memoryStore() }), { interval: '25d' }), { code: 'bad_option' })
})

/** A server of Socket.IO with the middleware in every namespace. */
async function ioSite(options: object = {}) {
  const sessions = new SessionManager<Data, string>({ store: memoryStore() })
  const sockets = new SessionSockets(sessions, LONG)
  const http = createServer()
  const server = new Server(http, options)
  sockets.attach(server)
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  const connect = (cookie: string, { namespace = '', from = origin } = {}) =>
    io(origin + namespace, { transports: ['websocket'], forceNew: true, reconnection: false, extraHeaders: { cookie, origin: from } })
  const close = async () => {
    sockets.close()
    await server.close()
  }
  return { sessions, sockets, server, connect, close }
}

const refusalOf = (client: ReturnType<typeof io>) => new Promise<Error>((resolve) => client.once('connect_error', resolve))

test('Socket.IO: a session that ends while another middleware waits never connects', async () => {
  const it = await ioSite()
  const entered = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  it.server.use(async (_socket, next) => {
    entered.resolve()
    await goOn.promise
    next()
  })
  let connections = 0
  it.server.on('connection', () => connections++)
  const client = it.connect((await createTestSession(it.sessions, { userId: 'ann' })).cookie)
  const gone = new Promise<void>((resolve) => client.io.once('close', () => resolve()))
  await entered.promise
  await it.sessions.revokeAll('ann')
  goOn.resolve()
  await gone
  assert.deepEqual([connections, it.sockets.size], [0, 0])
  await it.close()
})

test('Socket.IO: every namespace has the middleware', async () => {
  const it = await ioSite()
  it.server.of('/admin').on('connection', (socket) => socket.on('who', (answer) => answer(socket.data.session.userId)))
  const { cookie } = await createTestSession(it.sessions, { userId: 'ann' })
  const evil = it.connect(cookie, { namespace: '/admin', from: 'https://evil.example' })
  assert.match((await refusalOf(evil)).message, /Origin is not this site/)
  evil.close()
  const client = it.connect(cookie, { namespace: '/admin' })
  assert.equal(await client.emitWithAck('who'), 'ann')
  const gone = new Promise((resolve) => client.once('disconnect', resolve))
  await it.sessions.revokeAll('ann')
  await gone
  await it.close()
})

test('Socket.IO: a recovery that passes middlewares by is refused, and one that does not is no way around them', async () => {
  const unsafe = await ioSite({ connectionStateRecovery: {} })
  const { cookie } = await createTestSession(unsafe.sessions, { userId: 'ann' })
  const refused = unsafe.connect(cookie)
  assert.match((await refusalOf(refused)).message, /skipMiddlewares: false/)
  refused.close()
  await unsafe.close()
  const safe = await ioSite({ connectionStateRecovery: { skipMiddlewares: false } })
  const client = safe.connect((await createTestSession(safe.sessions, { userId: 'ann' })).cookie)
  await new Promise((resolve) => client.once('connect', () => resolve(undefined)))
  client.close()
  await safe.close()
})

test('Socket.IO: a socket that another middleware refuses is watched no longer than its connection lasts', async () => {
  const it = await ioSite()
  it.server.use((_socket, next) => next(new Error('not today')))
  const client = it.connect((await createTestSession(it.sessions, { userId: 'ann' })).cookie)
  assert.equal((await refusalOf(client)).message, 'not today')
  client.close()
  while (it.sockets.size > 0) await new Promise((resolve) => setImmediate(resolve))
  await it.close()
})

/** A handshake whose client is a bare connection, to be broken off in ways that clients of WebSockets do not. */
async function rawHandshake({ origin }: Site, headers: { readonly [name: string]: string }): Promise<Socket> {
  const { host, hostname, port } = new URL(origin)
  const client = connect({ host: hostname, port: Number(port), allowHalfOpen: true }).on('error', () => {})
  await once(client, 'connect')
  const all = {
    host,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    origin,
    ...headers,
  }
  client.write(
    `GET / HTTP/1.1\r\n${Object.entries(all)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n`,
  )
  return client
}

const rawSocketOf = (socket: unknown): Socket => (socket as { readonly _socket: Socket })._socket

/** A feed that carries what the test tells, and nothing else. */
function manualFeed(): EndingFeed & { tell(ending: Ending): void } {
  let heard: (ending: Ending) => void = () => {}
  return {
    publish() {},
    async subscribe(listener) {
      heard = listener
      return () => {}
    },
    tell: (ending) => heard(ending),
  }
}
