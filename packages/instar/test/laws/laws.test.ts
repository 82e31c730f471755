import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { SessionManager } from 'instar'
import { sqliteStore } from 'instar/stores/sqlite'
import { createTestSession } from 'instar/testing'
import { RecordData } from '../../src/core/record-data.ts'
import { decodeRecord, encodeRecord } from '../../src/core/session-record.ts'
import { held, law, onBothStores } from './world.ts'

const LOGIN = '__Host-Http-sid'
const ANONYMOUS = '__Host-Http-pre'

law(1, "a row's user never changes", () => {
  onBothStores('shared computer: the cookie copied before the login is worth nothing after it, and shows itself', async ({ person, seen, events }) => {
    const victim = person()
    await victim.send('/set?key=cart&value=tea')
    const attacker = victim.copy()
    await victim.post('/login')
    assert.equal((await victim.send('/get?key=cart')).body, '"tea"')
    seen()
    const { body, setCookie } = await attacker.send('/who')
    assert.deepEqual([body, setCookie], ['null', []])
    assert.deepEqual(seen(), ['session.superseded_token'])
    const event = events.at(-1)
    assert.ok(event?.type === 'session.superseded_token')
    assert.equal(event.userId, 'victim')
    assert.equal(event.successor, (victim.jar.get(LOGIN) as string).slice(0, 22))
    assert.equal((await attacker.send('/get?key=cart')).body, 'null', 'nor does it read what was in the session')
  })

  onBothStores('a superseded token may log in, but what it writes is dropped and it gets no cookie', async ({ person, seen }) => {
    const victim = person()
    await victim.send('/set?key=cart&value=tea')
    const attacker = victim.copy()
    await victim.post('/login')
    seen()
    const read = await attacker.send('/set?key=cart&value=evil')
    assert.deepEqual([read.status, read.setCookie, seen()], [200, [], ['session.superseded_token', 'session.delta_dropped']])
    const written = await attacker.post('/set?key=cart&value=evil')
    assert.deepEqual([written.status, written.setCookie], [409, []])
    await attacker.post('/login?user=attacker')
    assert.deepEqual([(await attacker.send('/who')).body, (await attacker.send('/get?key=cart')).body], ['"attacker"', 'null'])
    assert.equal((await victim.send('/get?key=cart')).body, '"tea"')
  })

  onBothStores('an anonymous cookie planted as the login cookie, or the reverse, opens nothing', async ({ person }) => {
    const victim = person()
    await victim.send('/set?key=cart&value=tea')
    const asLogin = person()
    asLogin.jar.set(LOGIN, victim.jar.get(ANONYMOUS) as string)
    assert.equal((await asLogin.send('/get?key=cart')).body, 'null')
    await victim.post('/login')
    const asAnonymous = person()
    asAnonymous.jar.set(ANONYMOUS, victim.jar.get(LOGIN) as string)
    assert.deepEqual([(await asAnonymous.send('/who')).body, (await asAnonymous.send('/get?key=cart')).body], ['null', 'null'])
  })

  onBothStores("the attacker's own login, planted: the victim's login ends it", async ({ person }) => {
    const attacker = person()
    await attacker.post('/login?user=attacker')
    const victim = attacker.copy()
    await victim.post('/login')
    assert.equal((await victim.send('/who')).body, '"victim"')
    assert.equal((await attacker.send('/who')).body, 'null')
  })

  onBothStores('every login is a new row, re-login of the same user included', async ({ person, store }) => {
    const victim = person()
    const handles = new Set<string>()
    for (let n = 0; n < 3; n++) {
      await victim.post('/login')
      handles.add((victim.jar.get(LOGIN) as string).slice(0, 22))
    }
    assert.equal(handles.size, 3)
    assert.equal((await store.listByUser('victim')).filter(({ secretHash }) => secretHash !== '').length, 1)
  })
})

law(2, 'a save never creates', () => {
  for (const [how, end] of Object.entries({
    logout: (victim, _world) => victim.post('/logout'),
    revoke: (victim, { sessions }) => sessions.revoke('victim', (victim.jar.get(LOGIN) as string).slice(0, 22)),
    revokeAll: (_victim, { sessions }) => sessions.revokeAll('victim'),
    revokeEveryone: (_victim, { sessions }) => sessions.revokeEveryone(),
    expiry: async (_victim, { clock }) => clock.advance(13 * 3_600_000),
  } satisfies { [how: string]: (victim: import('instar/testing').TestBrowser, world: import('./world.ts').World) => Promise<unknown> })) {
    onBothStores(`a slow request that writes after ${how} brings nothing back`, async (world) => {
      const { person, acts, seen } = world
      const gate = held(acts, '/slow', (session) => session.set('cart', 'late'))
      const victim = person()
      await victim.post('/login')
      const copy = victim.copy()
      const slow = copy.sendOnly('/slow', { method: 'POST' })
      await gate.reached
      await end(victim, world)
      seen()
      gate.open()
      const { status, setCookie } = await slow
      assert.deepEqual([status, setCookie], [409, []])
      assert.deepEqual(seen(), ['session.delta_dropped'])
      assert.equal((await copy.send('/who')).body, 'null')
      assert.deepEqual(await world.sessions.list('victim'), [])
    })
  }
})

law(3, 'the server stores no secret that opens a session', () => {
  test('nothing in the database, as cookie or part of one, opens anything', async () => {
    const database = new DatabaseSync(':memory:')
    const sessions = new SessionManager({ store: sqliteStore(database) })
    const made = await createTestSession(sessions, { userId: 'victim', data: { cart: ['tea'] } })
    const elevated = await sessions.open({ method: 'GET', url: 'https://x.example/', headers: new Headers({ cookie: made.cookie }) })
    await elevated.elevate({ method: 'totp' })
    const { setCookie } = await elevated.commit({ status: 200 })
    const stored = JSON.stringify(database.prepare('SELECT * FROM instar_sessions').all())
    for (const cookie of [made.cookie, setCookie[0] as string]) assert.ok(!stored.includes((cookie.split('.')[1] as string).slice(0, 43)))
    for (const value of stored.match(/[A-Za-z0-9_-]{43}/g) ?? []) {
      const cookie = `${LOGIN}=${made.handle}.${value}`
      const session = await sessions.open({ method: 'GET', url: 'https://x.example/', headers: new Headers({ cookie }) })
      assert.equal(session.userId, null)
    }
  })

  onBothStores('no event holds a secret', async ({ person, events, sessions }) => {
    const victim = person()
    await victim.send('/set?key=cart&value=tea')
    const secrets = [...victim.jar.values()]
    const planted = victim.copy()
    await victim.post('/login')
    await planted.send('/who')
    secrets.push(...victim.jar.values())
    await victim.post('/elevate')
    secrets.push(...victim.jar.values())
    await planted.send('/who', { headers: { cookie: `${LOGIN}=a; ${LOGIN}=${secrets[1]}; __host-http-sid=${secrets[1]}` } })
    await victim.send('/who')
    await victim.post('/who', { site: 'cross-site' })
    await sessions.revokeEveryone()
    assert.ok(events.length > 6)
    for (const secret of secrets) assert.ok(!JSON.stringify(events).includes(secret.slice(23)))
  })
})

law(4, 'stored before told', () => {
  for (const operation of ['create', 'update'] as const) {
    onBothStores(`a login whose ${operation} fails says nothing and leaves nothing usable`, async ({ person, store, sessions }) => {
      const victim = person()
      await victim.send('/set?key=cart&value=tea')
      const gate = store.hold(operation)
      const login = victim.post('/login')
      await gate.reached
      gate.fail(new Error('disk full'))
      const { status, setCookie } = await login
      assert.deepEqual([status, setCookie], [503, []])
      assert.deepEqual(await sessions.list('victim'), [])
      assert.equal((await victim.send('/get?key=cart')).body, '"tea"', 'the visitor is who they were')
    })
  }

  onBothStores('a logout whose store fails says so; the session is still there', async ({ person, store }) => {
    const victim = person()
    await victim.post('/login')
    store.breakDown()
    const { status, setCookie } = await victim.post('/logout')
    assert.deepEqual([status, setCookie], [503, []])
    store.restore()
    assert.equal((await victim.send('/who')).body, '"victim"')
  })

  onBothStores('the answer waits for the store', async ({ person, store }) => {
    const victim = person()
    const gate = store.hold('create', 'after')
    let answered = false
    const login = victim.post('/login').then((received) => {
      answered = true
      return received
    })
    await gate.reached
    await person().send('/who')
    assert.equal(answered, false)
    gate.open()
    assert.equal((await login).setCookie.length, 1)
  })
})

law(5, 'nothing is promoted by accident', () => {
  onBothStores('of the anonymous session only what keep names, and the path to return to, comes along', async ({ person, acts }) => {
    acts['/plant'] = (session) => {
      session.set('cart', 'tea')
      session.set('isAdmin', true)
      session.flash('notice', 'planted')
      session.setReturnTo('/account')
    }
    acts['/all'] = (session) => ({ cart: session.get('cart'), isAdmin: session.get('isAdmin'), flashes: session.flashes().length })
    const victim = person()
    await victim.send('/plant')
    assert.equal((await victim.post('/login')).body, '"/account"')
    assert.deepEqual(JSON.parse((await victim.send('/all')).body), { cart: 'tea', flashes: 0 })
  })

  onBothStores("of another user's session nothing comes along, whatever keep names", async ({ person }) => {
    const browser = person()
    await browser.post('/login?user=first')
    await browser.send('/set?key=cart&value=tea')
    await browser.post('/login?user=first')
    assert.equal((await browser.send('/get?key=cart')).body, '"tea"')
    await browser.post('/login?user=second')
    assert.equal((await browser.send('/get?key=cart')).body, 'null')
  })

  onBothStores('what the same request wrote before the login is dropped too, unless keep names it, and told', async ({ person, acts, events }) => {
    acts['/login'] = async (session) => {
      session.set('cart', 'tea')
      session.set('half', 'done')
      await session.login('victim', { keep: ['cart'] })
    }
    const victim = person()
    await victim.post('/login')
    const event = events.find(({ type }) => type === 'session.delta_dropped')
    assert.ok(event?.type === 'session.delta_dropped')
    assert.deepEqual([event.reason, event.keys], ['login', ['half']])
    assert.deepEqual([(await victim.send('/get?key=cart')).body, (await victim.send('/get?key=half')).body], ['"tea"', 'null'])
  })

  onBothStores('a CSRF token from before the login, or after it from the other session, is worth nothing', async ({ person, acts }) => {
    acts['/token'] = (session) => session.csrfToken()
    const victim = person()
    await victim.send('/set?key=cart&value=tea')
    const before = JSON.parse((await victim.send('/token')).body)
    await victim.post('/login')
    const mine = JSON.parse((await victim.send('/token')).body)
    const attacker = person()
    await attacker.post('/login?user=attacker')
    const theirs = JSON.parse((await attacker.send('/token')).body)
    for (const [token, status] of [
      [before, 403],
      [theirs, 403],
      [mine, 200],
    ])
      assert.equal((await victim.post('/who', { site: null, headers: { 'x-csrf-token': token } })).status, status)
  })

  onBothStores('a token asked for after the login in the same request is one of the new session', async ({ person, acts }) => {
    acts['/login'] = async (session) => {
      const before = session.csrfToken()
      await session.login('victim')
      return [before, session.csrfToken()]
    }
    const victim = person()
    const [before, after] = JSON.parse((await victim.post('/login')).body)
    const status = async (token: string) => (await victim.post('/who', { site: null, headers: { 'x-csrf-token': token } })).status
    assert.deepEqual([await status(before), await status(after)], [403, 200])
  })
})

law(6, 'exact cookies', () => {
  onBothStores('two of one name open nothing, a look-alike is never read, and both are told', async ({ person, seen, store }) => {
    const victim = person()
    await victim.post('/login')
    const token = victim.jar.get(LOGIN) as string
    const send = (cookie: string) => person().send('/who', { headers: { cookie } })
    seen()
    for (const cookie of [`${LOGIN}=${token}; ${LOGIN}=evil`, `${LOGIN}=evil; ${LOGIN}=${token}`, `${LOGIN}=${token}; ${LOGIN}=${token}`]) {
      assert.equal((await send(cookie)).body, 'null', cookie.replaceAll(token, 'TOKEN'))
      assert.deepEqual(seen(), ['session.duplicate_cookie'])
    }
    for (const name of [
      '\u00a0__Host-Http-sid',
      '__host-http-sid',
      '__Host-Http-sid ',
      '__Host-Http-sid\u00a0',
      '%5F_Host-Http-sid',
      '"__Host-Http-sid"',
      '__HOST-HTTP-SID',
    ]) {
      assert.equal((await send(`${LOGIN}=${token}; ${name}=evil`)).body, '"victim"', `after it ${JSON.stringify(name)}`)
      assert.equal((await send(`${name}=evil; ${LOGIN}=${token}`)).body, '"victim"', `before it ${JSON.stringify(name)}`)
      store.operations.length = 0
      assert.equal((await send(`${name}=${token}`)).body, 'null', `as ${JSON.stringify(name)}`)
      assert.deepEqual(seen(), Array(3).fill('session.look_alike_cookie'))
      assert.deepEqual(store.operations, [])
    }
    assert.equal((await send(`${LOGIN}=${token}; __Host-Http-sid2=x; a__Host-Http-sid=x; theme=${LOGIN}`)).body, '"victim"', 'other names are other cookies')
  })

  onBothStores('a token that is not as we wrote it is no token', async ({ person, store }) => {
    const victim = person()
    await victim.post('/login')
    const token = victim.jar.get(LOGIN) as string
    store.operations.length = 0
    for (const value of [
      `"${token}"`,
      `${token} `,
      `${token}x`,
      token.slice(0, -1),
      token.replace('.', '%2E'),
      `${token}, ${token}`,
      token.slice(0, 22),
      '',
      '.',
    ]) {
      assert.equal((await person().send('/who', { headers: { cookie: `${LOGIN}=${value}; a=b` } })).body, 'null', JSON.stringify(value.replace(token, 'TOKEN')))
    }
    assert.deepEqual(store.operations, [])
    assert.equal((await person().send('/who', { headers: { cookie: `${LOGIN}=${token.slice(0, 22)}.${'A'.repeat(43)}` } })).body, 'null', 'another secret')
  })
})

law(7, 'two cookies, so a late answer never overwrites a login', () => {
  onBothStores("yesterday's dead cookie, a protected page, the login, back to that page", async ({ person, acts, clock }) => {
    acts['/private'] = (session) => session.isAuthenticated() || session.setReturnTo('/private')
    const victim = person()
    await victim.post('/login')
    clock.advance(24 * 3_600_000)
    await victim.send('/private')
    assert.deepEqual([...victim.jar.keys()].sort(), [ANONYMOUS, LOGIN], 'the dead login cookie stays until a login or logout')
    assert.equal((await victim.post('/login')).body, '"/private"')
    assert.deepEqual([...victim.jar.keys()], [LOGIN])
    assert.equal((await victim.send('/private')).body, 'true')
  })

  onBothStores('a flash after logout in the same request is there for the next page', async ({ person, acts }) => {
    acts['/logout'] = async (session) => {
      await session.logout()
      session.flash('notice', 'goodbye')
    }
    acts['/flashes'] = (session) => session.flashes()
    const victim = person()
    await victim.post('/login')
    await victim.post('/logout')
    assert.deepEqual([...victim.jar.keys()], [ANONYMOUS])
    assert.equal((await victim.send('/flashes')).body, '[{"type":"notice","message":"goodbye"}]')
    assert.equal((await victim.send('/flashes')).body, '[]')
  })

  onBothStores('a slow anonymous write that answers after the login is dropped, and leaves the login alone', async ({ person, acts, seen }) => {
    const gate = held(acts, '/slow', (session) => session.set('cart', 'late'))
    const victim = person()
    await victim.send('/set?key=cart&value=tea')
    const slow = victim.sendOnly('/slow')
    await gate.reached
    await victim.post('/login')
    seen()
    gate.open()
    const received = await slow
    victim.keep(received)
    assert.deepEqual([received.status, received.setCookie], [200, []])
    assert.deepEqual(seen(), ['session.delta_dropped'])
    assert.equal((await victim.send('/who')).body, '"victim"')
    assert.equal((await victim.send('/get?key=cart')).body, '"tea"')
  })

  onBothStores('no answer of a plain request, whatever it wrote, ever carries the login cookie', async ({ person, clock }) => {
    const victim = person()
    await victim.post('/login')
    for (let n = 0; n < 30; n++) {
      clock.advance(20 * 60_000)
      const { setCookie } = await victim.send(`/set?key=cart&value=${n}`)
      assert.equal(
        setCookie.some((cookie) => cookie.startsWith(LOGIN)),
        false,
      )
    }
  })

  onBothStores('while somebody is logged in the anonymous cookie is not looked at', async ({ person, store }) => {
    const other = person()
    await other.send('/set?key=cart&value=planted')
    const victim = person()
    await victim.post('/login')
    victim.jar.set(ANONYMOUS, other.jar.get(ANONYMOUS) as string)
    store.operations.length = 0
    assert.equal((await victim.send('/get?key=cart')).body, 'null')
    assert.equal(store.operations.filter((operation) => operation === 'find').length, 1)
    await victim.post('/logout')
    assert.equal(victim.jar.size, 0)
  })
})

law(8, 'no write is lost, none crosses a login', () => {
  onBothStores('100 parallel increments count to 100, and 100 parallel keys are all there', async ({ person, acts }) => {
    acts['/count'] = (session) => session.update('n', (n) => ((n as number | undefined) ?? 0) + 1)
    acts['/keys'] = (session) => Array.from({ length: 100 }, (_, n) => session.get(`key${n}`)).filter((value) => value === 'x').length
    for (const login of [true, false]) {
      const visitor = person()
      await (login ? visitor.post('/login') : visitor.send('/set?key=first&value=x'))
      await Promise.all(Array.from({ length: 100 }, () => visitor.sendOnly('/count', { method: 'POST' })))
      assert.equal((await visitor.send('/get?key=n')).body, '100')
      await Promise.all(Array.from({ length: 100 }, (_, n) => visitor.sendOnly(`/set?key=key${n}&value=x`, { method: 'POST' })))
      assert.equal((await visitor.send('/keys')).body, '100')
    }
  })

  onBothStores('in lock-step: 100 requests have read before the first writes', async ({ person, acts }) => {
    let arrived = 0
    const gate = Promise.withResolvers<void>()
    acts['/count'] = async (session) => {
      session.get('n')
      if (++arrived === 100) gate.resolve()
      await gate.promise
      session.update('n', (n) => ((n as number | undefined) ?? 0) + 1)
    }
    const visitor = person()
    await visitor.post('/login')
    await Promise.all(Array.from({ length: 100 }, () => visitor.sendOnly('/count', { method: 'POST' })))
    assert.equal((await visitor.send('/get?key=n')).body, '100')
  })

  onBothStores('a conflict with another process is applied again to what the row then holds', async ({ person, acts, store }) => {
    acts['/count'] = (session) => session.update('n', (n) => ((n as number | undefined) ?? 0) + 1)
    const visitor = person()
    await visitor.post('/login')
    await visitor.post('/count')
    const gate = store.hold('update')
    const late = visitor.sendOnly('/count', { method: 'POST' })
    await gate.reached
    const row = (await store.listByUser('victim')).find(({ secretHash }) => secretHash !== '') as import('instar').SessionRow
    const payload = encodeRecord({ ...decodeRecord(row), data: RecordData.of({ n: 10, other: 'x' }) })
    assert.equal(await store.update({ ...row, payload }), true)
    gate.open()
    assert.equal((await late).status, 200)
    assert.deepEqual([(await visitor.send('/get?key=n')).body, (await visitor.send('/get?key=other')).body], ['11', '"x"'])
  })

  onBothStores('a delta begun before a login never lands in what came after', async ({ person, acts, sessions }) => {
    const gate = held(acts, '/slow', (session) => session.set('cart', 'of the first user'))
    const browser = person()
    await browser.post('/login?user=first')
    const slow = browser.sendOnly('/slow', { method: 'POST' })
    await gate.reached
    await browser.post('/login?user=second')
    gate.open()
    assert.equal((await slow).status, 409)
    assert.equal((await browser.send('/get?key=cart')).body, 'null')
    assert.deepEqual(await sessions.list('first'), [])
  })

  onBothStores('a flash that another request leaves while one is shown stays', async ({ person, acts }) => {
    const reached = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    acts['/flash'] = (session, query) => session.flash('notice', query.get('text') ?? '')
    acts['/show'] = async (session) => {
      const shown = session.flashes()
      reached.resolve()
      await gate.promise
      return shown.map(({ message }) => message)
    }
    const visitor = person()
    await visitor.post('/flash?text=one')
    const show = visitor.sendOnly('/show')
    await reached.promise
    await visitor.post('/flash?text=two')
    gate.resolve()
    assert.equal((await show).body, '["one"]')
    assert.equal((await visitor.send('/show')).body, '["two"]')
  })
})

law(9, 'it fails closed and says so', () => {
  onBothStores('a store that is down gives 503 on every path of a known visitor, and no cookie', async ({ person, store }) => {
    const visitor = person()
    await visitor.post('/login')
    const anonymous = person()
    await anonymous.send('/set?key=cart&value=tea')
    store.breakDown()
    for (const path of ['/who', '/set?key=a&value=b', '/login', '/logout', '/elevate']) {
      for (const who of [visitor, anonymous]) {
        const { status, setCookie, body } = await who.post(path)
        assert.deepEqual([status, setCookie, body], [503, [], 'failed: store_unavailable'])
      }
    }
    for (const path of ['/set?key=a&value=b', '/login']) assert.equal((await person().post(path)).status, 503)
    store.restore()
    assert.equal((await visitor.send('/who')).body, '"victim"')
  })

  onBothStores('a row that cannot be read is an error, not an anonymous page', async ({ person, store }) => {
    for (const payload of ['', '{', 'null', '{}', '{"v":1}', '{"v":9,"createdAt":1,"data":{}}']) {
      const visitor = person()
      await visitor.post('/login')
      const [row] = (await store.listByUser('victim')).filter(({ secretHash }) => secretHash !== '')
      await store.update({ ...(row as import('instar').SessionRow), payload })
      const { status, body } = await visitor.send('/who')
      assert.deepEqual([status, body], [503, 'failed: row_unreadable'], payload)
      await store.deleteAll()
    }
  })
})
