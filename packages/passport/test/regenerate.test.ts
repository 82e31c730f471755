import { deepEqual, equal, match, notEqual } from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Anything } from './case.ts'
import { missing } from './installed.ts'
import { LIBRARIES, login, on, Passport, POST, plant, warned } from './rig.ts'

const warnings = warned()
const said = async (): Promise<readonly string[]> => {
  await new Promise(setImmediate) // Warnings are told in a later turn.
  return warnings.map(({ code }) => code)
}

/** A request whose session is made anew by `make` at each `regenerate`, of the session that is left, under an id of its own. */
function request(held: object, make: (left: Anything) => Anything): Anything {
  const methods = {
    regenerate(this: Anything, done: Anything) {
      const made = make(this)
      result.session = made && Object.assign(Object.create(methods), made)
      result.sessionID += 1
      done()
    },
    save: (done: Anything) => done(),
  }
  const result: Anything = { session: Object.assign(Object.create(methods), held), sessionID: 1 }
  const passport = new Passport()
  passport.serializeUser((user: Anything, done: Anything) => done(null, user.id))
  passport.initialize()(result, {}, () => {})
  return result
}

const logIn = (to: Anything, options: object = {}): Promise<Anything> =>
  new Promise((resolve, reject) => to.login({ id: 'ann' }, options, (error: unknown) => (error ? reject(error) : resolve({ ...to.session }))))

const PLANTED = { role: 'admin', csrfSecret: 'known', cart: 'tea', list: [1] }

// In this order, since a process is warned once.
describe('sessions with a regenerate', { skip: missing }, () => {
  test('defaults of a new session stay, also those that are like something of the old one', async () => {
    const to = request({ language: 'en', cart: 'tea' }, () => ({ language: 'en', theme: 'dark' }))
    deepEqual(await logIn(to), { language: 'en', theme: 'dark', passport: { user: 'ann' } })
    deepEqual(await said(), [])
  })

  for (const object of ['another', 'the same'])
    test(`a session that is known by the key of its store, as with Koa, and is ${object} object with another key, is a new one`, async () => {
      let key = 1
      const methods: object = Object.defineProperty({ save: (done: Anything) => done() }, 'externalKey', { get: () => `key ${key}` })
      const to = request({}, () => undefined)
      to.sessionID = undefined
      to.session = Object.assign(Object.create(methods), PLANTED)
      Object.assign(methods, {
        regenerate: (done: Anything) => {
          key += 1
          if (object === 'another') to.session = Object.create(methods)
          done()
        },
      })
      deepEqual(await logIn(to, { keep: ['cart'] }), { cart: 'tea', passport: { user: 'ann' } })
      deepEqual(await said(), [])
    })

  for (const [name, load] of Object.entries(LIBRARIES))
    test(`${name} is not warned of, whatever is kept`, async () => {
      await on({ library: load() }, async (visitor) => {
        await visitor.go(plant('/me', PLANTED))
        for (const options of [{}, { keep: ['cart'] }, { keepSessionInfo: true }]) equal((await visitor.go(login('ann', options), POST)).status, 200)
        equal((await visitor.go('/logout', POST)).status, 200)
      })
      deepEqual(await said(), [])
    })

  test('@instar/express-session is not warned of where its genid gives the id once more, which is not used again', async () => {
    const session = LIBRARIES['@instar/express-session']?.()
    const middleware = session({ secret: 'x', resave: false, saveUninitialized: false, cookie: { sameSite: 'lax' }, genid: () => 'always this one' })
    await on({ middleware }, async (visitor) => {
      await visitor.go(plant('/me', PLANTED))
      const before = visitor.cookies.get('connect.sid')
      equal((await visitor.go(login('ann', { keepSessionInfo: true }), POST)).status, 200)
      notEqual(visitor.cookies.get('connect.sid'), before)
    })
    deepEqual(await said(), [])
  })

  test('after one that gives no session the login is an error', async () => {
    const to = request(PLANTED, () => undefined)
    let error: Anything
    to.login({ id: 'ann' }, (failure: unknown) => {
      error = failure
    })
    match(String(error?.message), /session support/)
    equal(to.user, null)
  })

  test('one that fails fails the login, and nothing is written', async () => {
    const to = request(PLANTED, () => ({}))
    Object.getPrototypeOf(to.session).regenerate = (done: Anything) => done(new Error('no'))
    let error: Anything
    to.login({ id: 'ann' }, (failure: unknown) => {
      error = failure
    })
    deepEqual([error?.message, to.user, { ...to.session }], ['no', null, PLANTED])
  })

  test('one that copies everything is emptied but for what is kept, and warned of once', async () => {
    const copying = (): Anything => request(PLANTED, (left) => ({ ...left }))
    deepEqual(await logIn(copying()), { passport: { user: 'ann' } })
    deepEqual(await logIn(copying(), { keep: ['cart'] }), { cart: 'tea', passport: { user: 'ann' } })
    const { csrfSecret: _, ...kept } = PLANTED
    deepEqual(await logIn(copying(), { keepSessionInfo: true }), { ...kept, passport: { user: 'ann' } })
    deepEqual(await said(), ['INSTAR_PASSPORT_FAKE_REGENERATE'])
  })
})

/** A session whose next one, which comes in a later turn, takes no value under the key `fixed`. */
function refusing(held: object): Anything {
  const to = request({ ...held, fixed: 1 }, () => undefined)
  Object.getPrototypeOf(to.session).regenerate = function (this: Anything, done: Anything): void {
    to.session = Object.create(Object.getPrototypeOf(this), { fixed: { get: () => 0, enumerable: true, configurable: true } })
    setImmediate(done)
  }
  return to
}

describe('a new session that refuses what is kept', { skip: missing }, () => {
  test('fails the login, by its callback', async () => {
    const to = refusing({ cart: 'tea' })
    const error = await new Promise((resolve) => to.login({ id: 'ann' }, { keepSessionInfo: true }, resolve))
    match(String(error), /TypeError.*fixed/)
    deepEqual([to.user, to.session.passport], [null, undefined])
  })

  test('fails the logout, by its callback', async () => {
    const to = refusing({ passport: { user: 'ann' } })
    const error = await new Promise((resolve) => to.logout({ keepSessionInfo: true }, resolve))
    match(String(error), /TypeError.*fixed/)
    deepEqual([to.user, to.session.passport?.user], [null, undefined])
  })
})
