import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { LoadedUser } from 'instar'
import type { TestBrowser } from 'instar/testing'
import { RecordData } from '../../src/core/record-data.ts'
import { decodeRecord, encodeRecord } from '../../src/core/session-record.ts'
import { held, onBothStores, type User, type World } from './world.ts'

const LOGIN = '__Host-Http-sid'

const liveRows = async ({ store }: World, userId = 'victim') => (await store.listByUser(userId)).filter(({ secretHash }) => secretHash !== '')

describe('two logins on one anonymous session', () => {
  onBothStores('both are stored, each with what it keeps; the anonymous row is gone', async (world) => {
    const visitor = world.person()
    await visitor.send('/set?key=cart&value=tea')
    const gate = world.store.hold('create', 'after')
    const first = visitor.sendOnly('/login?user=one', { method: 'POST' })
    await gate.reached
    const second = visitor.sendOnly('/login?user=two', { method: 'POST' })
    const answers = [await second]
    gate.open()
    answers.push(await first)
    for (const [n, userId] of ['two', 'one'].entries()) {
      const browser = visitor.copy()
      browser.keep(answers[n] as never)
      assert.deepEqual([(await browser.send('/who')).body, (await browser.send('/get?key=cart')).body], [`"${userId}"`, '"tea"'])
    }
    assert.equal((await visitor.send('/who')).body, 'null')
  })
})

describe('a login and a parallel write to the anonymous session', () => {
  onBothStores('what keep names comes along even if it was written while the login was on its way', async (world) => {
    const visitor = world.person()
    await visitor.send('/set?key=cart&value=tea')
    const gate = world.store.hold('create', 'after')
    const login = visitor.sendOnly('/login', { method: 'POST' })
    await gate.reached
    await visitor.post('/set?key=cart&value=coffee')
    gate.open()
    visitor.keep(await login)
    assert.equal((await visitor.send('/get?key=cart')).body, '"coffee"')
  })

  onBothStores('the same when another process wrote it', async (world) => {
    const visitor = world.person()
    await visitor.send('/set?key=cart&value=tea')
    const handle = (visitor.jar.get('__Host-Http-pre') as string).slice(0, 22)
    const gate = world.store.hold('update')
    const login = visitor.sendOnly('/login', { method: 'POST' })
    await gate.reached
    const row = (await world.store.find(handle)) as import('instar').SessionRow
    await world.store.update({ ...row, payload: encodeRecord({ ...decodeRecord(row), data: RecordData.of({ cart: 'coffee' }) }) })
    gate.open()
    visitor.keep(await login)
    assert.equal((await visitor.send('/get?key=cart')).body, '"coffee"')
    assert.equal((await world.store.find(handle))?.secretHash, '')
  })
})

describe('a login racing a logout in one browser', () => {
  onBothStores('a login that began before the logout and ends after it stands: it was asked for', async (world) => {
    const victim = world.person()
    await victim.post('/login')
    const gate = world.store.hold('create', 'after')
    const login = victim.sendOnly('/login', { method: 'POST' })
    await gate.reached
    const logout = await victim.sendOnly('/logout', { method: 'POST' })
    gate.open()
    const answer = await login
    victim.keep(logout)
    victim.keep(answer)
    assert.equal((await victim.send('/who')).body, '"victim"')
    assert.equal((await liveRows(world)).length, 1)
  })

  onBothStores('a late logout answer may clear the cookie of a newer login, never the reverse', async (world) => {
    const victim = world.person()
    await victim.post('/login')
    const old = victim.copy()
    const gate = held(world.acts, '/logout', (session) => session.logout())
    const logout = victim.sendOnly('/logout', { method: 'POST' })
    await gate.reached
    await victim.post('/login')
    gate.open()
    victim.keep(await logout)
    assert.equal((await victim.send('/who')).body, 'null')
    assert.equal((await old.send('/who')).body, 'null')
  })
})

describe('a logout racing an elevation', () => {
  for (const when of ['before', 'after'] as const) {
    onBothStores(`logout wins over an elevation whose write is on its way (${when} the store has it)`, async (world) => {
      const victim = world.person()
      await victim.post('/login')
      const gate = world.store.hold('update', when)
      const elevation = victim.sendOnly('/elevate', { method: 'POST' })
      await gate.reached
      const logout = world.sessions.revoke('victim', (victim.jar.get(LOGIN) as string).slice(0, 22))
      await logout
      gate.open()
      const answer = await elevation
      assert.equal(answer.status, when === 'before' ? 409 : 200)
      victim.keep(answer)
      assert.equal((await victim.send('/who')).body, 'null')
      assert.deepEqual(await liveRows(world), [])
    })
  }

  onBothStores('a thief who writes between the logout’s look at the row and its write loses', async (world) => {
    const victim = world.person()
    await victim.post('/login')
    const thief = victim.copy()
    const gate = world.store.hold('update')
    const logout = victim.sendOnly('/logout', { method: 'POST' })
    await gate.reached
    const [row] = await liveRows(world)
    assert.equal(await world.store.update(row as never), true, 'the thief, in another process')
    gate.open()
    assert.equal((await logout).status, 200)
    assert.equal((await thief.send('/who')).body, 'null')
    assert.deepEqual(await liveRows(world), [])
  })

  onBothStores('an elevation begun before the logout, in the same process, cannot bring the session back', async (world) => {
    const victim = world.person()
    await victim.post('/login')
    const gate = held(world.acts, '/elevate', (session) => session.elevate({ method: 'totp' }))
    const elevation = victim.sendOnly('/elevate', { method: 'POST' })
    await gate.reached
    await victim.post('/logout')
    gate.open()
    const answer = await elevation
    assert.deepEqual([answer.status, answer.setCookie], [409, []])
    assert.deepEqual(await liveRows(world), [])
  })
})

describe('elevation', () => {
  onBothStores('the old secret keeps the old level until the new one is presented, and is dead from then on', async (world) => {
    const victim = world.person()
    await victim.post('/login')
    const thief = victim.copy()
    await victim.post('/elevate')
    assert.equal((await thief.send('/level')).body, '1')
    assert.equal((await victim.send('/level')).body, '2')
    world.seen()
    assert.equal((await thief.send('/who')).body, 'null')
    assert.deepEqual(world.seen(), ['session.stale_secret'])
    const event = world.events.at(-1)
    assert.ok(event?.type === 'session.stale_secret' && event.known)
  })

  onBothStores('an answer that never arrives costs nothing', async (world) => {
    const victim = world.person()
    await victim.post('/login')
    await victim.sendOnly('/elevate', { method: 'POST' })
    assert.equal((await victim.send('/level')).body, '1')
    await victim.post('/set?key=cart&value=tea')
    await victim.post('/elevate')
    assert.deepEqual([(await victim.send('/level')).body, (await victim.send('/get?key=cart')).body], ['2', '"tea"'])
  })

  onBothStores('an answer that arrives after a newer login ends in nobody, never in somebody else', async (world) => {
    const victim = world.person()
    await victim.post('/login')
    const late = await victim.sendOnly('/elevate', { method: 'POST' })
    await victim.post('/login')
    victim.keep(late)
    assert.equal((await victim.send('/who')).body, 'null')
  })

  onBothStores('thirty parallel requests with the new secret are all let in', async (world) => {
    const victim = world.person()
    await victim.post('/login')
    await victim.post('/elevate')
    const levels = await Promise.all(Array.from({ length: 30 }, () => victim.sendOnly('/level')))
    assert.deepEqual(new Set(levels.map(({ body }) => body)), new Set(['2']))
  })

  onBothStores('a write of the old secret between the elevation and its first use does not undo it', async (world) => {
    const victim = world.person()
    await victim.post('/login')
    const otherTab = victim.copy()
    await victim.post('/elevate')
    await otherTab.post('/set?key=cart&value=tea')
    assert.deepEqual([(await victim.send('/level')).body, (await victim.send('/get?key=cart')).body], ['2', '"tea"'])
  })

  onBothStores('of two elevations begun with one secret, the one that was not first presented cannot be used', async (world) => {
    const victim = world.person()
    await victim.post('/login')
    const other = victim.copy()
    const gate = held(world.acts, '/slow', (session) => session.elevate({ method: 'passkey', level: 3 }))
    const slow = other.sendOnly('/slow', { method: 'POST' })
    await gate.reached
    await victim.post('/elevate')
    assert.equal((await victim.send('/level')).body, '2')
    gate.open()
    const answer = await slow
    assert.deepEqual([answer.status, answer.setCookie], [409, []])
    assert.equal((await victim.send('/level')).body, '2')
  })
})

describe('a password that changes between the check and the login', () => {
  const accounts = new Map<string, LoadedUser<User>>()
  const loadUser = (id: string): LoadedUser<User> | undefined => accounts.get(id)
  const setUp = (world: World): TestBrowser => {
    accounts.set('victim', { user: { name: 'Victim' }, stamp: 'old' })
    world.acts['/user'] = async (session) => (await session.user()) ?? null
    return world.person()
  }

  onBothStores(
    'the change wins: no login, no row, no cookie',
    async (world) => {
      const victim = setUp(world)
      const gate = held(world.acts, '/login', (session) => session.login('victim', { stamp: 'old' }))
      const login = victim.post('/login')
      await gate.reached
      accounts.set('victim', { user: { name: 'Victim' }, stamp: 'new' })
      gate.open()
      const { status, setCookie } = await login
      assert.deepEqual([status, setCookie], [401, []])
      assert.deepEqual(await liveRows(world), [])
    },
    { loadUser },
  )

  onBothStores(
    'also when it changes, with its revocation, before the row is stored',
    async (world) => {
      const victim = setUp(world)
      world.acts['/login'] = (session) => session.login('victim', { stamp: 'old' })
      const gate = world.store.hold('create')
      const login = victim.post('/login')
      await gate.reached
      accounts.set('victim', { user: { name: 'Victim' }, stamp: 'new' })
      await world.sessions.revokeAll('victim')
      gate.open()
      const { status, setCookie } = await login
      assert.deepEqual([status, setCookie, await liveRows(world)], [401, [], []])
    },
    { loadUser },
  )

  onBothStores(
    'also when it changes after the login looked, since the revocation then finds the row',
    async (world) => {
      const victim = setUp(world)
      world.acts['/login'] = (session) => session.login('victim', { stamp: 'old' })
      await victim.send('/set?key=cart&value=tea')
      const gate = world.store.hold('update')
      const login = victim.post('/login')
      await gate.reached
      accounts.set('victim', { user: { name: 'Victim' }, stamp: 'new' })
      await world.sessions.revokeAll('victim')
      gate.open()
      await login
      assert.equal((await victim.send('/who')).body, 'null')
      assert.deepEqual(await liveRows(world), [])
    },
    { loadUser },
  )

  for (const [change, account] of Object.entries({
    'another stamp': { user: { name: 'Victim' }, stamp: 'new' },
    'no stamp any more': { user: { name: 'Victim' } },
    'a disabled account': undefined,
  })) {
    onBothStores(
      `${change}: the session ends where user() is asked, there and then`,
      async (world) => {
        const victim = setUp(world)
        world.acts['/login'] = (session) => session.login('victim', { stamp: 'old' })
        await victim.post('/login')
        assert.equal((await victim.send('/user')).body, '{"name":"Victim"}')
        if (account) accounts.set('victim', account)
        else accounts.delete('victim')
        assert.equal((await victim.send('/who')).body, '"victim"', 'a route that never asks')
        world.acts['/write-then-ask'] = async (session) => {
          session.set('cart', 'tea')
          return (await session.user()) ?? null
        }
        assert.equal((await victim.post('/write-then-ask')).status, 409)
        assert.equal((await victim.send('/who')).body, 'null')
        assert.deepEqual(await liveRows(world), [])
      },
      { loadUser },
    )
  }

  onBothStores(
    'elevate looks too',
    async (world) => {
      const victim = setUp(world)
      world.acts['/login'] = (session) => session.login('victim', { stamp: 'old' })
      await victim.post('/login')
      accounts.set('victim', { user: { name: 'Victim' }, stamp: 'new' })
      const { status, setCookie } = await victim.post('/elevate')
      assert.deepEqual([status, setCookie], [401, []])
      assert.deepEqual(await liveRows(world), [])
    },
    { loadUser },
  )

  onBothStores(
    'a login without the stamp of what was verified is refused',
    async (world) => {
      const victim = setUp(world)
      world.acts['/login'] = (session) => session.login('victim')
      assert.deepEqual([(await victim.post('/login')).status, await liveRows(world)], [401, []])
    },
    { loadUser },
  )

  let loads = 0
  onBothStores(
    'the user is loaded once a request, and only when asked for',
    async (world) => {
      const victim = setUp(world)
      world.acts['/login'] = (session) => session.login('victim', { stamp: 'old' })
      world.acts['/twice'] = async (session) => [await session.user(), await session.requireUser(), await session.user()]
      await victim.post('/login')
      loads = 0
      await victim.send('/who')
      assert.equal(loads, 0)
      await victim.send('/twice')
      assert.equal(loads, 1)
    },
    {
      loadUser: (id) => {
        loads++
        return loadUser(id)
      },
    },
  )
})

describe('a limit of sessions per user', () => {
  for (const atLimit of ['end-oldest', 'refuse'] as const) {
    onBothStores(
      `four logins at once under a limit of one, ${atLimit}: one is left`,
      async (world) => {
        const browsers = Array.from({ length: 4 }, () => world.person())
        const gates = browsers.map(() => world.store.hold('listByUser'))
        const logins = browsers.map((browser) => browser.post('/login'))
        await Promise.all(gates.map(({ reached }) => reached))
        for (const gate of gates) gate.open()
        await Promise.all(logins)
        const rows = await liveRows(world)
        assert.equal(rows.length, 1)
        const who = await Promise.all(browsers.map(async (browser) => (await browser.send('/who')).body))
        assert.deepEqual(who.sort(), ['"victim"', 'null', 'null', 'null'])
      },
      { limit: { perUser: 1, atLimit } },
    )

    onBothStores(
      `a login again in the same browser is no login more, ${atLimit}`,
      async (world) => {
        const victim = world.person()
        for (let n = 0; n < 3; n++) {
          assert.equal((await victim.post('/login')).status, 200)
          assert.equal((await victim.send('/who')).body, '"victim"')
        }
      },
      { limit: { perUser: 1, atLimit } },
    )
  }

  onBothStores(
    'logins one after the other in one millisecond: the last is the newest, also when another process had a clock ahead',
    async (world) => {
      for (let n = 0; n < 20; n++) {
        const browser = world.person()
        assert.equal((await browser.post('/login')).status, 200)
        assert.equal((await browser.send('/who')).body, '"victim"')
        if (n === 10) world.clock.advance(-10 * 60_000)
      }
    },
    { limit: { perUser: 1, atLimit: 'end-oldest' } },
  )

  onBothStores(
    'end-oldest ends the oldest and says so',
    async (world) => {
      const browsers = Array.from({ length: 3 }, () => world.person())
      for (const browser of browsers) {
        await browser.post('/login')
        await browser.send('/who')
        world.clock.advance(1000)
      }
      const who = await Promise.all(browsers.map(async (browser) => (await browser.send('/who')).body))
      assert.deepEqual(who, ['null', '"victim"', '"victim"'])
      const event = world.events.find(({ type }) => type === 'session.limit_reached')
      assert.ok(event?.type === 'session.limit_reached' && event.outcome === 'ended_others' && event.limit === 2)
    },
    { limit: { perUser: 2, atLimit: 'end-oldest' } },
  )

  onBothStores(
    'refuse refuses beyond sessions in use; one whose answer was lost does not count, a tombstone neither',
    async (world) => {
      const first = world.person()
      await first.sendOnly('/login', { method: 'POST' })
      world.clock.advance(1000)
      await first.post('/login')
      await first.send('/who')
      const second = world.person()
      const refused = await second.post('/login')
      assert.deepEqual([refused.status, refused.setCookie], [403, []])
      assert.equal((await first.send('/who')).body, '"victim"')
      await first.post('/logout')
      assert.equal((await second.post('/login')).status, 200)
    },
    { limit: { perUser: 1, atLimit: 'refuse' } },
  )
})

describe('logout everywhere, lists and revocation', () => {
  onBothStores('logout everywhere ends all of the user’s sessions and nobody else’s', async (world) => {
    const [one, two, other] = [world.person(), world.person(), world.person()]
    await one.post('/login')
    await two.post('/login')
    await other.post('/login?user=other')
    await one.post('/logout?everywhere')
    assert.deepEqual([(await one.send('/who')).body, (await two.send('/who')).body, (await other.send('/who')).body], ['null', 'null', '"other"'])
  })

  onBothStores('revoke takes the user and the handle; a handle alone is not enough', async (world) => {
    const victim = world.person()
    await victim.post('/login')
    const [info] = await world.sessions.list('victim')
    const handle = info?.handle as string
    assert.equal(await world.sessions.revoke('attacker', handle), false)
    assert.equal((await victim.send('/who')).body, '"victim"')
    assert.equal(await world.sessions.revoke('victim', handle), true)
    assert.equal(await world.sessions.revoke('victim', handle), false)
    assert.equal((await victim.send('/who')).body, 'null')
  })

  onBothStores('revokeOthers leaves this one; the list shows what it needs and no token', async (world) => {
    const [one, two] = [world.person(), world.person()]
    await one.post('/login')
    await two.post('/login')
    await one.send('/who')
    world.acts['/others'] = (session) => world.sessions.revokeOthers(session)
    assert.equal((await world.sessions.list('victim')).length, 2)
    assert.equal((await one.post('/others')).body, '1')
    assert.deepEqual([(await one.send('/who')).body, (await two.send('/who')).body], ['"victim"', 'null'])
    const [info] = await world.sessions.list('victim')
    assert.deepEqual([info?.level, info?.methods, info?.remember, info?.lastSeenAt], [1, ['login'], false, world.clock.time])
    assert.deepEqual(await world.sessions.list(null), [])
    await assert.rejects(world.sessions.revokeAll(''), { code: 'bad_option' })
    await assert.rejects(world.sessions.revokeAll(undefined as never), { code: 'bad_option' })
  })
})

describe('what it costs', () => {
  onBothStores('a login is two operations, a logout one, a read one, a dead cookie one, no cookie none', async (world) => {
    const victim = world.person()
    await victim.send('/set?key=cart&value=tea')
    const cost = async (path: string, who = victim): Promise<string> => {
      world.store.operations.length = 0
      await who.post(path)
      return world.store.operations.join(' ')
    }
    assert.equal(await cost('/who', world.person()), '')
    assert.equal(await cost('/who'), 'find')
    world.acts['/back'] = (session) => void session.setReturnTo('/account')
    await victim.send('/back')
    assert.equal(await cost('/login'), 'find create update')
    assert.equal(await cost('/who'), 'find update', 'its first use is noted')
    assert.equal(await cost('/who'), 'find')
    assert.equal(await cost('/set?key=cart&value=tea'), 'find update')
    const copy = victim.copy()
    assert.equal(await cost('/logout'), 'find update')
    assert.equal(await cost('/who', copy), 'find')
    assert.equal(await cost('/login', world.person()), 'create')
  })
})

describe('lifetimes', () => {
  const hour = 3_600_000
  onBothStores('idle: pushed with use, once per tenth of the idle time; absolute: never', async (world) => {
    const victim = world.person()
    await victim.post('/login')
    await victim.send('/who')
    world.store.operations.length = 0
    for (let n = 0; n < 10; n++) {
      world.clock.advance(10_000)
      await victim.send('/who')
    }
    assert.deepEqual(new Set(world.store.operations), new Set(['find']))
    for (let n = 0; n < 43; n++) {
      world.clock.advance(hour / 4)
      assert.equal((await victim.send('/who')).body, '"victim"')
    }
    world.clock.advance(hour * 2)
    assert.equal((await victim.send('/who')).body, 'null', 'after 12 hours')
    await victim.post('/login')
    await victim.send('/who')
    world.clock.advance(hour / 2)
    assert.equal((await victim.send('/who')).body, 'null', 'after 30 minutes without use')
  })

  onBothStores('remember: a persistent cookie, longer deadlines, listed and revocable', async (world) => {
    world.acts['/login'] = (session) => session.login('victim', { remember: true })
    const victim = world.person()
    const { setCookie } = await victim.post('/login')
    assert.match(setCookie[0] as string, /; Max-Age=2592000;/)
    for (let day = 1; day < 30; day++) {
      world.clock.advance(24 * hour)
      assert.equal((await victim.send('/who')).body, '"victim"', `day ${day}`)
    }
    await victim.post('/elevate')
    assert.equal((await world.sessions.list('victim'))[0]?.remember, true)
    world.clock.advance(25 * hour)
    assert.equal((await victim.send('/who')).body, 'null', 'after 30 days')
  })
})
