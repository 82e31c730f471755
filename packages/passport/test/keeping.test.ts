import { deepEqual, equal } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { memoryStore } from 'instar/stores/memory'
import { gatedStore } from 'instar/testing'
import type { Anything } from './case.ts'
import { missing } from './installed.ts'
import { gate, held, LIBRARIES, login, on, Passport, POST, plant, type Setup, without } from './rig.ts'
import { Visitor } from './site.ts'

for (const [name, load] of Object.entries(LIBRARIES))
  describe(`what comes along at a login, on ${name}`, { skip: missing }, () => {
    const library = missing ? undefined : load()
    const planted = { cart: ['tea'], returnTo: '/deep', other: 1 }
    const next = async (visitor: Visitor, as: string, options: object): Promise<unknown> => without(held(await visitor.go(login(as, options), POST)).session)

    test('of another user’s session nothing, but by keepSessionInfo', () =>
      on({ library }, async (visitor) => {
        await visitor.go(plant(login('ann', { keepSessionInfo: true }), planted), POST)
        deepEqual(await next(visitor, 'ann', { keep: ['cart', 'other'] }), { ...planted, passport: { user: 'ann' } })
        deepEqual(await next(visitor, 'bob', { keep: ['cart'] }), { passport: { user: 'bob' } })
        await visitor.go(plant('/me', planted))
        deepEqual(await next(visitor, 'ann', {}), { passport: { user: 'ann' } })
        await visitor.go(plant('/me', planted))
        deepEqual(await next(visitor, 'bob', { keepSessionInfo: true }), { ...planted, passport: { user: 'bob' } })
      }))

    test('of nobody’s session, and of one’s own, the path to return to and what is named', () =>
      on({ library }, async (visitor) => {
        await visitor.go(plant('/me', planted))
        deepEqual(await next(visitor, 'ann', { keep: ['cart'] }), { cart: ['tea'], returnTo: '/deep', passport: { user: 'ann' } })
        deepEqual(await next(visitor, 'ann', { keep: ['cart'] }), { cart: ['tea'], returnTo: '/deep', passport: { user: 'ann' } })
        deepEqual(await next(visitor, 'ann', {}), { returnTo: '/deep', passport: { user: 'ann' } })
      }))
  })

test('a cookie that is named in keep is that of the new session', { skip: missing }, () => {
  const passport = new Passport()
  passport.serializeUser((user: unknown, done: Anything) => done(null, user))
  const request: Anything = {}
  const start = (cookie: object): void => {
    request.sessionID = cookie
    request.session = Object.assign(
      Object.create({
        regenerate: (done: Anything) => {
          start({ maxAge: 'new' })
          done()
        },
        save: (done: Anything) => done(),
      }),
      { cookie },
    )
  }
  start({ maxAge: 'old' })
  request.session.cart = 'tea'
  passport.initialize()(request, {}, () => {})
  request.login('ann', { keep: ['cookie', 'cart'] }, () => {})
  deepEqual({ ...request.session }, { cookie: { maxAge: 'new' }, cart: 'tea', passport: { user: 'ann' } })
})

describe('a write of another tab while a login is under way, on @instar/express-session', { skip: missing }, () => {
  const stores: { readonly [name: string]: (library: Anything) => Anything } = {
    MemoryStore: (library) => new library.MemoryStore(),
    memoryStore: () => memoryStore(),
  }
  for (const [name, make] of Object.entries(stores))
    for (const options of [{ keep: ['cart'] }, { keepSessionInfo: true }])
      test(`comes along with ${JSON.stringify(options)}, on ${name}`, () => {
        const library = LIBRARIES['@instar/express-session']?.()
        const waiting = gate()
        const before: Setup['before'] = ({ app }) => app.use('/login', (_request, _response, next) => void waiting.pass().then(() => next()))
        const after: Setup['after'] = ({ app }) =>
          app.post('/add', (request: Anything, response) => {
            request.session.cart.push('milk')
            response.send('added')
          })
        return on({ library, store: make(library), before, after }, async (visitor, { origin }) => {
          await visitor.go(plant('/me', { cart: ['tea'] }))
          const other = new Visitor(origin, visitor.cookies)
          const answer = visitor.go(login('ann', options), POST)
          await waiting.reached
          equal((await other.go('/add', POST)).text, 'added')
          waiting.open()
          deepEqual(held(await answer).session.cart, ['tea', 'milk'])
          deepEqual(held(await visitor.go('/session')).cart, ['tea', 'milk'])
        })
      })

  test('comes along also where another process stores it while the old session is being ended', () => {
    const library = LIBRARIES['@instar/express-session']?.()
    const rows = memoryStore()
    const here = gatedStore(rows)
    const add: Setup['after'] = ({ app }) =>
      app.post('/add', (request: Anything, response) => {
        request.session.cart.push('milk')
        response.send('added')
      })
    return on({ library, store: gatedStore(rows), after: add }, (_, { origin: elsewhere }) =>
      on({ library, store: here }, async (visitor) => {
        await visitor.go(plant('/me', { cart: ['tea'] }))
        const ending = here.hold('update')
        const answer = visitor.go(login('ann', { keep: ['cart'] }), POST)
        await ending.reached
        equal((await new Visitor(elsewhere, visitor.cookies).go('/add', POST)).text, 'added')
        ending.open()
        deepEqual(held(await answer).session.cart, ['tea', 'milk'])
        deepEqual(held(await visitor.go('/session')).cart, ['tea', 'milk'])
      }),
    )
  })
})
