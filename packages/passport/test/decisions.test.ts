import { deepEqual, equal, match, ok, throws } from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Anything } from './case.ts'
import { missing } from './installed.ts'
import { gate, held, LIBRARIES, on, Passport, POST, plant, type Setup } from './rig.ts'
import { Visitor } from './site.ts'

/** A request as tests of applications make them, whose session does what it is told at once. */
function mock(more: object = {}): Anything {
  const session = Object.create({ regenerate: (done: Anything) => done(), save: (done: Anything) => done() })
  return { session: Object.assign(session, more), headers: {} }
}

const newPassport = (): Anything => {
  const passport = new Passport()
  passport.serializeUser((user: Anything, done: Anything) => done(null, user.id))
  passport.deserializeUser((id: unknown, done: Anything) => done(null, { id }))
  return passport
}

describe('strategies', { skip: missing }, () => {
  for (const way of ['by its name', 'itself'])
    test(`one that decides late, and is named ${way}, decides on each of two requests for itself`, () => {
      const gates = { ann: gate(), bob: gate() }
      const strategy = {
        async authenticate(this: Anything, request: Anything) {
          const { as } = request.query as { as: 'ann' | 'bob' }
          await gates[as].pass()
          this.success({ id: as })
        },
      }
      const after: Setup['after'] = ({ app, passport }) => {
        passport.use('late', strategy)
        app.post('/late', passport.authenticate(way === 'itself' ? strategy : 'late'), (request: Anything, response) => void response.json(request.user))
      }
      return on({ after }, async (one, { origin }) => {
        const other = new Visitor(origin)
        const first = one.go('/late?as=ann', POST)
        await gates.ann.reached
        const second = other.go('/late?as=bob', POST)
        await gates.bob.reached
        gates.ann.open()
        deepEqual(held(await first), { id: 'ann' })
        gates.bob.open()
        deepEqual(held(await second), { id: 'bob' })
        deepEqual([(await one.go('/me')).text, (await other.go('/me')).text], ['ann', 'bob'])
      })
    })

  test('what a strategy writes on itself while it decides stays with that request', () => {
    const strategy: Anything = {
      count: 0,
      authenticate(this: Anything) {
        this.count += 1
        this.pass()
      },
    }
    const passport = newPassport()
    for (let n = 0; n < 2; n++) passport.authenticate(strategy)(mock(), {}, () => {})
    equal(strategy.count, 0)
    deepEqual(Object.keys(strategy), ['count', 'authenticate'])
  })

  test('an options object that authorize is given stays as it was', () => {
    const passport = newPassport()
    passport.use('x', {
      authenticate(this: Anything, _request: unknown, options: Anything) {
        options.written = true
        this.success({ id: 'account' })
      },
    })
    const options = Object.freeze({ scope: 'x' })
    const request = mock()
    passport.authorize('x', options)(request, {}, () => {})
    deepEqual([request.account, request.user, options], [{ id: 'account' }, undefined, { scope: 'x' }])
  })

  test('names that every object has are unknown', () => {
    for (const name of ['constructor', 'toString', '__proto__']) {
      let said: Anything
      newPassport().authenticate(name)(mock(), {}, (error: unknown) => {
        said = error
      })
      equal(said?.message, `Unknown authentication strategy "${name}"`)
    }
  })

  test('of several decisions the first counts, and of an error that is none something is made', () => {
    const passport = newPassport()
    const seen: unknown[] = []
    const twice = {
      authenticate(this: Anything) {
        this.fail('first')
        this.success({ id: 'ann' })
        this.error(new Error('third'))
      },
    }
    passport.authenticate(twice, (...outcome: unknown[]) => void seen.push(outcome))(mock(), {}, () => {})
    deepEqual(seen, [[null, false, 'first', undefined]])
    const nothing = {
      authenticate(this: Anything) {
        this.error()
      },
    }
    passport.authenticate(nothing)(mock(), {}, (error: Anything) => void seen.push(error.message))
    match(String(seen[1]), /without saying what/)
  })

  test('options that are written by one strategy are not those of the next', () => {
    const passport = newPassport()
    const seen: unknown[] = []
    const writing = {
      authenticate(this: Anything, _request: unknown, options: Anything) {
        seen.push(options.seen)
        options.seen = true
        this.fail()
      },
    }
    passport.authenticate([writing, writing], { scope: 'x' }, () => {})(mock(), {}, () => {})
    deepEqual(seen, [undefined, undefined])
  })
})

describe('callbacks that are called more often, or throw', { skip: missing }, () => {
  test('of what a deserializer calls back the first counts', () => {
    const passport = newPassport()
    passport._deserializers.unshift((id: unknown, done: Anything) => {
      done(null, { id })
      done(new Error('second'))
      done(null, { id: 'third' })
    })
    const request = mock({ passport: { user: 'ann' } })
    const seen: unknown[] = []
    passport.session()(request, {}, (error: unknown) => void seen.push(error))
    deepEqual([request.user, seen], [{ id: 'ann' }, [undefined]])
  })

  test('what the handler throws in the callback of a login is thrown to whoever called, and calls it no second time', () => {
    const passport = newPassport()
    const request = mock()
    passport.initialize()(request, {}, () => {})
    const seen: unknown[] = []
    const done = (error: unknown): void => {
      seen.push(error)
      throw new Error('in the handler')
    }
    throws(() => request.login({ id: 'ann' }, done), /in the handler/)
    deepEqual(seen, [undefined])
  })

  test('a deserializer that throws something falsy has failed', () => {
    const passport = newPassport()
    passport._deserializers.unshift(() => {
      throw undefined
    })
    let said: unknown
    passport.session()(mock({ passport: { user: 'ann' } }), {}, (error: unknown) => {
      said = error
    })
    match(String(said), /without saying what/)
  })

  test('a second login of the request goes on though the callback of the first one throws', () => {
    const passport = newPassport()
    const request = mock()
    let goOn: () => void = () => {}
    Object.getPrototypeOf(request.session).save = (done: () => void) => {
      goOn = done
    }
    passport.initialize()(request, {}, () => {})
    let isDone = false
    request.login({ id: 'ann' }, () => {
      throw new Error('in the handler')
    })
    request.login({ id: 'bob' }, () => {
      isDone = true
    })
    throws(goOn, /in the handler/)
    goOn()
    deepEqual([isDone, request.session.passport, request.user], [true, { user: 'bob' }, { id: 'bob' }])
  })
})

describe('what fails when a strategy has decided', { skip: missing }, () => {
  const late = (decide: (self: Anything) => void, when: string) => ({
    authenticate(this: Anything) {
      if (when === 'later') setImmediate(() => decide(this))
      else decide(this)
    },
  })

  for (const when of ['at once', 'later'])
    describe(when, () => {
      const route = (decide: (self: Anything) => void, options: object): Setup => ({
        after: ({ app, passport }) => app.post('/it', passport.authenticate(late(decide, when), options), (_request, response) => void response.send('in')),
      })
      const succeed = (self: Anything): void => self.success({ id: 'ann' }, { message: 'welcome' })

      for (const options of [{ successFlash: true }, { successFlash: 'In.', session: false }, { successFlash: 'In.', assignProperty: 'account' }])
        test(`a message without connect-flash: ${JSON.stringify(options)}`, () =>
          on(route(succeed, options), async (visitor) => {
            const answer = await visitor.go('/it', POST)
            equal(answer.status, 500)
            match(answer.text, /connect-flash/)
          }))

      test('a failure that flashes without connect-flash, and a redirect that no header may hold', () =>
        on(
          route((self) => self.fail('no'), { failureFlash: true }),
          async (visitor) => match((await visitor.go('/it', POST)).text, /connect-flash/),
        ).then(() =>
          on(
            route((self) => self.redirect('/a\r\nb'), {}),
            async (visitor) => equal((await visitor.go('/it', POST)).status, 500),
          ),
        ))

      for (const messages of [{ a: 1 }, 'text', 7])
        test(`messages that are no list are replaced: ${JSON.stringify(messages)}`, () =>
          on(route(succeed, { successMessage: 'In.', keepSessionInfo: true }), async (visitor) => {
            equal((await visitor.go(plant('/it', { messages }), POST)).text, 'in')
            deepEqual(held(await visitor.go('/session')).messages, ['In.'])
          }))

      test('a page that no header may hold, on a response without a redirect of its own', () =>
        on(
          {
            after: ({ app, passport }) =>
              app.post(
                '/it',
                (_request, response: Anything, next) => {
                  response.redirect = undefined
                  next()
                },
                passport.authenticate(late(succeed, when), { successRedirect: '/a\r\nb' }),
              ),
          },
          async (visitor) => equal((await visitor.go('/it', POST)).status, 500),
        ))

      test('a challenge that no header may hold', () =>
        on(
          route((self) => self.fail('Bearer error_description="nobody\r\nSet-Cookie: a=b"'), {}),
          async (visitor) => {
            const answer = await visitor.go('/it', POST)
            deepEqual([answer.status, answer.headers.getSetCookie(), answer.headers.get('www-authenticate')], [500, [], null])
          },
        ))
    })
})

for (const [name, load] of Object.entries(LIBRARIES))
  describe(`a login after the head of the answer, on ${name}`, { skip: missing }, () => {
    for (const form of ['by callback', 'that is awaited'])
      test(`${form}: is an error, and nobody is logged in`, () => {
        const said = Promise.withResolvers<Anything>()
        const after: Setup['after'] = ({ app }) =>
          app.post('/late', async (request: Anything, response) => {
            response.write('x')
            const done = (error: unknown): void => {
              said.resolve({ error, user: request.user })
              response.end('y')
            }
            if (form === 'by callback') request.login({ id: 'ann' }, done)
            else await request.login({ id: 'ann' }).then(done, done)
          })
        return on({ library: load(), after }, async (visitor, { store }) => {
          await visitor.go(plant('/me', { cart: 'tea' }))
          const before = visitor.cookies.get('connect.sid')
          equal((await visitor.go('/late', POST)).text, 'xy')
          const { error, user } = await said.promise
          match(error.message, /The response has begun/)
          deepEqual([user, visitor.cookies.get('connect.sid')], [null, before])
          equal((await visitor.go('/me')).text, 'nobody')
          equal(held(await visitor.go('/session')).cart, 'tea')
          ok(!Object.values(store.sessions).some((stored) => /ann/.test(String(stored))))
        })
      })
  })

describe('what is asked in other ways', { skip: missing }, () => {
  test('a keep that is no list is refused where the route is made, and where a login is given it', async () => {
    const passport = newPassport()
    throws(() => passport.authenticate('x', { keep: 'cart' }), { name: 'TypeError', message: /keep: \['cart'\]/ })
    const request = mock({ cart: 'tea' })
    passport.initialize()(request, {}, () => {})
    let said: unknown
    request.login({ id: 'ann' }, { keep: 'cart' }, (error: unknown) => {
      said = error
    })
    ok(said instanceof TypeError)
    deepEqual([request.user, { ...request.session }], [null, {}])
  })

  test('isUnauthenticated asks the isAuthenticated that an application put there', () => {
    const request = Object.assign(mock(), { isAuthenticated: () => true })
    newPassport().initialize()(request, {}, () => {})
    equal(request.isUnauthenticated(), false)
  })

  test('the session manager takes options, none, or undefined', () => {
    const passport = newPassport()
    const request = mock()
    const seen: unknown[] = []
    const note = (error: unknown): void => void seen.push(error ?? request.session.passport?.user ?? 'nobody')
    passport._sm.logIn(request, { id: 'ann' }, undefined, note)
    passport._sm.logOut(request, undefined, note)
    passport._sm.logIn(request, { id: 'bob' }, note)
    passport._sm.logOut(request, note)
    passport._sm.logIn(request, { id: 'eve' }, {}, note)
    deepEqual(seen, ['ann', 'nobody', 'bob', 'nobody', 'eve'])
  })

  test('a strategy without a name is refused, whatever it is registered as', () => {
    for (const args of [[{ authenticate() {} }], [{ name: '', authenticate() {} }], ['', { authenticate() {} }]])
      throws(() => newPassport().use(...args), /must have a name/)
  })
})
