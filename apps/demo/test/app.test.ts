import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Accounts } from '../src/accounts.ts'
import { HttpError } from '../src/http-error.ts'
import { Client } from './support/client.ts'
import { type RunningApp, startApp } from './support/running-app.ts'

const ANN = 'seven-moults'
const ROOT = 'queen-of-the-hive'

/** How far the clock of the sessions is ahead. */
let ahead = 0
let app: RunningApp
before(async () => {
  app = await startApp(() => Date.now() + ahead)
})
after(() => app.close())

const guest = (headers?: Record<string, string>): Client => new Client(app.origin, headers)

async function loggedIn(username: string, password: string, headers?: Record<string, string>): Promise<Client> {
  const client = guest(headers)
  assert.equal((await client.logIn(username, password)).status, 303)
  return client
}

/** An account that one test has for itself. */
async function registered(username: string): Promise<Client> {
  const client = guest()
  assert.equal((await client.post('/register', { username, password: `${username}-secret` })).status, 303)
  return client
}

test('the pages of a guest open, and store nothing', async () => {
  const client = guest()
  for (const path of ['/', '/login', '/register']) assert.equal((await client.get(path)).status, 200)
  assert.deepEqual(await client.me(), { user: null, handle: null, level: 0, cart: [] })
  assert.equal(client.cookies.size, 0)
})

test('the headers are strict, and the nonce is new in each answer', async () => {
  const { headers, text } = await guest().get('/')
  const policy = headers.get('content-security-policy') ?? ''
  for (const directive of [
    "default-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ])
    assert.ok(policy.split(';').includes(directive), directive)
  const nonce = /style-src 'nonce-([^']+)'/.exec(policy)?.[1]
  assert.ok(nonce && text.includes(`nonce="${nonce}"`))
  assert.ok(!(await guest().get('/')).text.includes(nonce))
  assert.equal(headers.get('referrer-policy'), 'same-origin')
  assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin')
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  assert.equal(headers.get('strict-transport-security'), null)
  assert.equal(headers.get('x-powered-by'), null)
  assert.equal((await guest().get('/style.css')).headers.get('cache-control'), 'public, max-age=3600')
})

test('a login keeps the cart and changes the id', async () => {
  const client = guest()
  await client.post('/cart', { item: 'lens' })
  const before = await client.me()
  assert.deepEqual(before.cart, ['lens'])
  const answer = await client.logIn('ann', ANN)
  assert.equal(answer.headers.get('cache-control'), 'private, no-store')
  assert.ok(!answer.headers.getSetCookie().some((line) => line.startsWith('__Host-Http-sid=') && line.includes('Max-Age')))
  const { handle, ...me } = await client.me()
  assert.deepEqual(me, { user: 'ann', level: 1, cart: ['lens'] })
  assert.notEqual(handle, before.handle)
  await client.post('/logout')
  assert.deepEqual(await client.me(), { user: null, handle: null, level: 0, cart: [] })
})

test('a login with remember lasts, and takes nobody else’s cart', async () => {
  const client = guest()
  const answer = await client.logIn('ann', ANN, { remember: 'on' })
  assert.ok(answer.headers.getSetCookie().some((line) => line.startsWith('__Host-Http-sid=') && /Max-Age=2\d{6}/.test(line)))
  await client.post('/cart', { item: 'net' })
  await client.logIn('root', ROOT)
  assert.deepEqual((await client.me()).cart, [])
})

test('a cart holds twenty items of the shop, and gives them back', async () => {
  const client = guest()
  for (let count = 0; count < 21; count++) await client.post('/cart', { item: 'jar' })
  assert.equal((await client.me()).cart.length, 20)
  assert.match((await client.get('/')).text, /The cart is full/)
  await client.post('/cart', { remove: 'jar' })
  assert.equal((await client.me()).cart.length, 19)
  assert.equal((await client.post('/cart', { item: 'elephant' })).status, 422)
  assert.equal((await client.post('/cart')).status, 422)
})

test('a failed login says the same for a wrong password, an unknown name and a disabled account', async () => {
  await registered('gone')
  const gone = app.accounts.list().find(({ username }) => username === 'gone')
  app.accounts.disable(gone?.id ?? '')
  const answers = [
    await guest().logIn('ann', 'wrong-password'),
    await guest().logIn('nobody', 'wrong-password'),
    await guest().logIn('gone', 'wrong-password'),
    await guest().logIn('gone', 'gone-secret'),
  ]
  const plain = answers.map(({ status, text }) => status + text.replaceAll(/(nonce|name="_csrf" value|name="username" value)="[^"]*"/g, ''))
  assert.equal(new Set(plain).size, 1)
  assert.equal(answers[0]?.status, 401)
})

test('a failed registration keeps what was typed but the password, and says what is wrong', async () => {
  const client = guest()
  const short = await client.post('/register', { username: 'beetle', password: 'short', remember: 'on' })
  assert.equal(short.status, 422)
  assert.match(short.text, /too short/)
  assert.match(short.text, /name="username" value="beetle"/)
  assert.match(short.text, /name="remember" checked/)
  assert.ok(!short.text.includes('value="short"'))
  const odd = await client.post('/register', { username: '"><b>', password: 'long-enough' })
  assert.match(odd.text, /small letters/)
  assert.match(odd.text, /value="&quot;&gt;&lt;b&gt;"/)
  const taken = await client.post('/register', { username: 'ann', password: 'long-enough' })
  assert.equal(taken.status, 409)
  assert.match(taken.text, /taken/)
})

test('registering logs in and keeps the cart', async () => {
  const client = guest()
  await client.post('/cart', { item: 'seeds' })
  await client.post('/register', { username: 'moth', password: 'moth-secret' })
  const me = await client.me()
  assert.deepEqual([me.user, me.cart], ['moth', ['seeds']])
})

test('a page for users sends to the login and back', async () => {
  const client = guest()
  for (const path of ['/devices', '/events', '/account', '/confirm', '/admin']) {
    assert.equal((await guest().get(path)).headers.get('location'), '/login')
    assert.equal((await guest({ accept: '*/*' }).get(path)).status, 401)
  }
  await client.get('/devices')
  assert.equal((await client.logIn('ann', ANN)).headers.get('location'), '/devices')
})

test('the device list names devices, marks this one and ends others', async () => {
  const LAPTOP = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
  const PHONE = 'Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0'
  await registered('spider')
  const laptop = await loggedIn('spider', 'spider-secret', { 'user-agent': LAPTOP })
  const phone = await loggedIn('spider', 'spider-secret', { 'user-agent': PHONE })
  const { text } = await laptop.get('/devices')
  assert.match(text, /Chrome on Linux <span class="tag">this device/)
  assert.match(text, /Firefox on Android/)
  const { handle } = await phone.me()
  assert.ok(text.includes(`/devices/${handle}/revoke`))

  const stranger = await loggedIn('ann', ANN)
  await stranger.post(`/devices/${handle}/revoke`)
  assert.equal((await phone.me()).user, 'spider')

  await laptop.post(`/devices/${handle}/revoke`)
  assert.match((await laptop.get('/devices')).text, /The session was ended/)
  assert.equal((await phone.me()).user, null)

  await laptop.post('/devices/revoke-others')
  assert.match((await laptop.get('/devices')).text, /One other session was ended/)
  await laptop.post(`/devices/${(await laptop.me()).handle}/revoke`)
  assert.equal((await laptop.me()).user, null)
})

test('a password change keeps this browser and ends the others', async () => {
  const client = await registered('wasp')
  const other = await loggedIn('wasp', 'wasp-secret')
  await client.post('/cart', { item: 'lamp' })
  const before = await client.me()
  const change = (current: string, password: string) => client.post('/account/password', { current, password })
  assert.match((await change('wrong-one', 'new-wasp-secret')).text, /current password is wrong/)
  assert.match((await change('wasp-secret', 'short')).text, /too short/)
  assert.equal((await other.me()).user, 'wasp')

  assert.equal((await change('wasp-secret', 'new-wasp-secret')).status, 303)
  assert.match((await client.get('/account')).text, /password was changed/)
  const me = await client.me()
  assert.deepEqual([me.user, me.cart], ['wasp', ['lamp']])
  assert.notEqual(me.handle, before.handle)
  assert.equal((await other.me()).user, null)
  assert.equal((await guest().logIn('wasp', 'wasp-secret')).status, 401)
  assert.equal((await guest().logIn('wasp', 'new-wasp-secret')).status, 303)
})

test('the account page asks for a fresh proof once the login is ten minutes old', async () => {
  const client = await registered('mantis')
  ahead = 11 * 60_000
  assert.equal((await client.get('/account')).headers.get('location'), '/confirm')
  assert.equal((await client.get('/confirm')).status, 200)
  const refused = await client.post('/account/password', { current: 'mantis-secret', password: 'new-mantis-secret' })
  assert.equal(refused.status, 403)
  assert.match(refused.text, /href="\/confirm"/)
  assert.equal((await client.post('/confirm', { password: 'wrong' })).status, 422)

  const stolen = guest()
  for (const [name, value] of client.cookies) stolen.cookies.set(name, value)
  assert.equal((await client.post('/confirm', { password: 'mantis-secret' })).headers.get('location'), '/account')
  assert.equal((await stolen.get('/account')).status, 303)
  assert.equal((await client.get('/account')).status, 200)
  assert.equal((await stolen.me()).user, null)
})

test('log out everywhere ends every session', async () => {
  const client = await registered('ant')
  const other = await loggedIn('ant', 'ant-secret')
  await client.post('/logout', { everywhere: '1' })
  assert.equal((await client.me()).user, null)
  assert.equal((await other.me()).user, null)
})

test('the events show an old anonymous cookie that came back after the login', async () => {
  const client = guest()
  await client.post('/cart', { item: 'lens' })
  const planted = guest()
  for (const [name, value] of client.cookies) planted.cookies.set(name, value)
  await client.post('/register', { username: 'cicada', password: 'cicada-secret' })
  assert.deepEqual(await planted.me(), { user: null, handle: null, level: 0, cart: [] })
  const { text } = await client.get('/events')
  assert.match(text, /An old cookie came back/)
  assert.match(text, /session\.superseded_token/)
  assert.match(text, /session\.login/)
})

test('requests of other sites are refused, with a page', async () => {
  const client = await loggedIn('ann', ANN)
  const cross = await client.post('/cart', { item: 'lens' }, { 'sec-fetch-site': 'cross-site' })
  assert.equal(cross.status, 403)
  assert.match(cross.text, /not allowed/)
  const old = new Client(app.origin, { 'sec-fetch-site': '' })
  delete old.headers['sec-fetch-site']
  for (const [name, value] of client.cookies) old.cookies.set(name, value)
  assert.equal((await old.post('/cart', { item: 'lens' })).status, 403)
  const token = /name="_csrf" value="([^"]+)"/.exec((await old.get('/')).text)?.[1] ?? ''
  assert.equal((await old.post('/cart', { item: 'lens', _csrf: token })).status, 303)
  assert.equal((await guest({ 'sec-fetch-site': 'cross-site' }).logIn('ann', ANN)).status, 403)
})

test('the administrator’s page is closed to others', async () => {
  const ann = await loggedIn('ann', ANN)
  assert.equal((await ann.get('/admin')).status, 403)
  assert.equal((await ann.post('/admin/end-all-sessions')).status, 403)
  assert.equal((await ann.me()).user, 'ann')
  assert.ok(!(await ann.get('/')).text.includes('href="/admin"'))
})

test('the administrator ends sessions, disables and enables accounts', async () => {
  const root = await loggedIn('root', ROOT)
  const fly = await registered('fly')
  const idOf = (username: string) => app.accounts.list().find((account) => account.username === username)?.id
  const act = (verb: string, username = 'fly') => root.post(`/admin/accounts/${idOf(username)}/${verb}`)
  assert.match((await root.get('/admin')).text, /End sessions: fly/)

  await act('end-sessions')
  assert.equal((await fly.me()).user, null)
  await fly.logIn('fly', 'fly-secret')
  await act('disable')
  assert.equal((await fly.me()).user, null)
  assert.equal((await fly.logIn('fly', 'fly-secret')).status, 401)
  await act('enable')
  assert.equal((await fly.logIn('fly', 'fly-secret')).status, 303)
  assert.equal((await act('disable', 'root')).status, 422)
  assert.equal((await root.post('/admin/accounts/none/disable')).status, 404)
})

test('an account that is disabled behind our back is logged out at once', async () => {
  const client = await registered('louse')
  app.accounts.disable(app.accounts.list().find(({ username }) => username === 'louse')?.id ?? '')
  assert.equal((await client.me()).user, null)
  assert.equal((await client.me()).handle, null)
})

test('errors are pages: unknown addresses, forms that are too large, a store that fails', async (context) => {
  const missing = await guest().get('/nothing')
  assert.equal(missing.status, 404)
  assert.match(missing.text, /There is no such page/)
  assert.equal((await guest().post('/login', { username: 'x'.repeat(10_000) })).status, 413)

  const client = await loggedIn('ann', ANN)
  const printed = context.mock.method(console, 'error', () => {})
  app.database.exec('ALTER TABLE instar_sessions RENAME TO elsewhere')
  const broken = await client.get('/')
  app.database.exec('ALTER TABLE elsewhere RENAME TO instar_sessions')
  assert.equal(broken.status, 503)
  assert.match(broken.text, /Something went wrong/)
  assert.equal(printed.mock.callCount(), 1)
  assert.equal((await client.me()).user, 'ann')
})

test('a busy server says so, and does not fill the log with it', async (context) => {
  context.mock.method(Accounts.prototype, 'verify', () => Promise.reject(new HttpError(503, 'The server is busy.')))
  const printed = context.mock.method(console, 'error', () => {})
  const answer = await guest().logIn('ann', ANN)
  assert.equal(answer.status, 503)
  assert.match(answer.text, /The server is busy/)
  assert.equal(printed.mock.callCount(), 0)
})

test('everyone can be logged out at once', async () => {
  const root = await loggedIn('root', ROOT)
  const ann = await loggedIn('ann', ANN)
  assert.equal((await root.post('/admin/end-all-sessions')).headers.get('location'), '/login')
  assert.equal((await ann.me()).user, null)
  assert.equal((await root.me()).user, null)
})
