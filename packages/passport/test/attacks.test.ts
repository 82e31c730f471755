import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Anything } from './case.ts'
import { missing, original } from './installed.ts'
import { failing, held, LIBRARIES, login, on, Passport, POST, plant, type Setup, without } from './rig.ts'
import { Visitor } from './site.ts'

for (const [name, load] of Object.entries(LIBRARIES))
  describe(`attacks on the login, on ${name}`, { skip: missing }, () => {
    const library = missing ? undefined : load()

    for (const options of [{}, { keepSessionInfo: true }, { keep: ['cart'] }])
      test(`a planted id is never that of a login, with ${JSON.stringify(options)}`, () =>
        on({ library }, async (victim, { origin, store }) => {
          const attacker = new Visitor(origin)
          await attacker.go(plant('/me', { cart: 'planted' }))
          for (const [name, value] of attacker.cookies) victim.cookies.set(name, value)
          const before = victim.cookies.get('connect.sid')
          await victim.go(login('ann', options), POST)
          notEqual(victim.cookies.get('connect.sid'), before)
          equal((await victim.go('/me')).text, 'ann')
          equal((await attacker.go('/me')).text, 'nobody')
          equal(Object.keys(store.sessions).length, 1, 'the planted session is gone')
        }))

    test('data of the session before is dropped, kept, or kept by name', () =>
      on({ library }, async (visitor) => {
        const planted = { cart: ['tea'], role: 'admin', returnTo: '/deep' }
        const after = async (options: object): Promise<Anything> => without(held(await visitor.go(plant(login('ann', options), planted), POST)).session)
        deepEqual(await after({}), { returnTo: '/deep', passport: { user: 'ann' } })
        deepEqual(await after({ keep: ['cart', 'nothing'] }), { cart: ['tea'], returnTo: '/deep', passport: { user: 'ann' } })
        deepEqual(await after({ keepSessionInfo: true }), { ...planted, passport: { user: 'ann' } })
      }))

    test('what may not be kept is not, whoever names it', () =>
      on({ library }, async (visitor) => {
        const planted = JSON.parse(
          '{"csrfSecret":"a","_csrf":"b","_csrfSecret":"c","csrfToken":"d","_csrfToken":"e","passport":{"user":"eve","x":1},"returnTo":"//evil.example"}',
        )
        for (const options of [{ keep: Object.keys(planted) }, { keepSessionInfo: true }]) {
          const { session } = held(await visitor.go(plant(login('ann', options), planted), POST))
          deepEqual(without(session), { passport: { user: 'ann' } })
        }
      }))

    test('a key named __proto__ gives the session no prototype', () =>
      on(
        {
          library,
          before: ({ app }) =>
            app.use((request: Anything, _response, next) => {
              if (request.query.pollute)
                Object.defineProperty(request.session, '__proto__', { value: { isAdmin: true }, enumerable: true, writable: true, configurable: true })
              next()
            }),
          after: ({ app }) =>
            app.post(
              '/admin',
              (request: Anything, response) =>
                void request.login({ id: 'ann' }, { keepSessionInfo: true }, () =>
                  response.json({ admin: request.session.isAdmin ?? false, everybody: ({} as Anything).isAdmin ?? false }),
                ),
            ),
        },
        async (visitor) => {
          deepEqual(held(await visitor.go('/admin?pollute=1', POST)), { admin: false, everybody: false })
        },
      ))

    test('a property named __proto__ is refused', () =>
      on({ library }, async (visitor) => {
        const answer = await visitor.go(login('ann', { assignProperty: '__proto__' }), POST)
        equal(answer.status, 500)
        match(answer.text, /__proto__/)
      }))

    test('nobody is the user before, nor has their data, after a login of another', () =>
      on({ library }, async (visitor) => {
        await visitor.go(login('ann'), POST)
        await visitor.go(plant('/me', { secrets: 'of ann' }))
        const before = visitor.cookies.get('connect.sid')
        const { user, session } = held(await visitor.go(login('bob'), POST))
        deepEqual([user, without(session)], [{ id: 'bob' }, { passport: { user: 'bob' } }])
        notEqual(visitor.cookies.get('connect.sid'), before)
        equal((await new Visitor(visitor.origin, [['connect.sid', before as string]]).go('/me')).text, 'nobody')
      }))

    for (const path of ['//evil.example', '/\\evil.example', 'https://evil.example', '/%5cevil.example', '/%252f/evil.example'])
      for (const options of [{}, { keepSessionInfo: true }, { session: false }])
        test(`returnTo ${path} is not followed, with ${JSON.stringify(options)}`, () =>
          on({ library }, async (visitor) => {
            const answer = await visitor.go(plant(login('ann', { successReturnToOrRedirect: '/home', ...options }), { returnTo: path }), POST)
            equal(answer.headers.get('location'), '/home')
            equal(held(await visitor.go('/session')).returnTo, undefined)
          }))

    test('a returnTo of the same origin is followed once', () =>
      on({ library }, async (visitor) => {
        const options = { successReturnToOrRedirect: '/home' }
        equal((await visitor.go(plant(login('ann', options), { returnTo: '/deep?x=1' }), POST)).headers.get('location'), '/deep?x=1')
        equal((await visitor.go(login('ann', options), POST)).headers.get('location'), '/home')
      }))
  })

for (const [sessions, load] of Object.entries(LIBRARIES))
  describe(`secrets against forged requests, on ${sessions}`, { skip: missing }, () => {
    const libraries: { readonly [name: string]: () => { readonly middleware: Anything; token(request: Anything, response: Anything): string } } = {
      csurf: () => ({ middleware: original('csurf')(), token: (request) => request.csrfToken() }),
      'csrf-sync': () => {
        const { csrfSynchronisedProtection, generateToken } = original('csrf-sync').csrfSync()
        return { middleware: csrfSynchronisedProtection, token: generateToken }
      },
      lusca: () => ({ middleware: original('lusca').csrf(), token: (_request, response) => response.locals._csrf }),
    }
    for (const [name, make] of Object.entries(libraries))
      test(`a token of ${name} from before the login does not work after it, though everything is kept`, () => {
        const { middleware, token } = make()
        const setup: Setup = {
          library: load(),
          after: ({ app }) => {
            app.use(middleware)
            app.get('/token', (request, response) => void response.send(token(request, response)))
            app.post('/pay', (_request, response) => void response.send('paid'))
          },
        }
        return on(setup, async (visitor) => {
          const pay = async (token: string): Promise<number> => (await visitor.go('/pay', { ...POST, headers: { 'x-csrf-token': token } })).status
          const planted = (await visitor.go('/token')).text
          equal(await pay(planted), 200)
          await visitor.go(login('ann', { keepSessionInfo: true }), POST)
          notEqual(await pay(planted), 200)
          equal(await pay((await visitor.go('/token')).text), 200)
        })
      })
  })

describe('sessions without a regenerate of their own', { skip: missing }, () => {
  const warnings: Anything[] = []
  process.on('warning', (warning) => warnings.push(warning))
  const cookieSession = (): Anything => original('cookie-session')({ name: 'data', keys: ['for tests'] })
  const withShim = (): Anything => {
    const middleware = cookieSession()
    return (request: Anything, response: Anything, next: Anything) =>
      middleware(request, response, () => {
        request.session.regenerate ??= (done: Anything) => done()
        request.session.save ??= (done: Anything) => done()
        next()
      })
  }

  for (const [name, make, code] of [
    ['cookie-session', cookieSession, 'INSTAR_PASSPORT_NO_REGENERATE'],
    ['cookie-session with a shim', withShim, 'INSTAR_PASSPORT_FAKE_REGENERATE'],
  ] as const)
    test(`${name} is emptied at login and logout, and warned of once`, async () => {
      await on({ middleware: make() }, async (visitor) => {
        const planted = { role: 'admin', csrfSecret: 'known', cart: 'tea', returnTo: '/deep' }
        await visitor.go(plant('/me', planted))
        deepEqual(held(await visitor.go(login('ann'), POST)).session, { returnTo: '/deep', passport: { user: 'ann' } })
        equal((await visitor.go('/me')).text, 'ann')
        await visitor.go(plant('/me', planted))
        const again = held(await visitor.go(login('ann', { keep: ['cart'] }), POST)).session
        deepEqual(again, { cart: 'tea', returnTo: '/deep', passport: { user: 'ann' } })
        deepEqual(held(await visitor.go(login('bob', { keep: ['cart'] }), POST)).session, { passport: { user: 'bob' } })
        await visitor.go('/logout', POST)
        equal((await visitor.go('/me')).text, 'nobody')
        deepEqual(held(await visitor.go('/session')), {})
      })
      const said = warnings.filter((warning) => warning.code === code)
      equal(said.length, 1)
      match(said[0].message, /@instar\/express-session/)
    })

  test('the methods of a mock stay, and its data goes', () => {
    const session: Anything = { cart: 1, cookie: { maxAge: 1 }, regenerate: (done: Anything) => done(), save: (done: Anything) => done() }
    const passport = new Passport()
    passport.serializeUser((user: Anything, done: Anything) => done(null, user))
    const request: Anything = { session }
    passport.initialize()(request, {}, () => {})
    let isDone = false
    request.login('ann', () => {
      isDone = true
    })
    ok(isDone, 'in the same tick, as tests with mocks expect')
    deepEqual(Object.keys(session), ['cookie', 'regenerate', 'save', 'passport'])
  })
})

describe('stores that fail', { skip: missing }, () => {
  for (const method of ['set', 'destroy'])
    test(`a login is an error when the store's ${method} fails, and nobody is logged in later`, () =>
      on({}, async (visitor, { store, origin }) => {
        await visitor.go(plant('/me', { cart: 'tea' }))
        failing(store, method, 1)
        const answer = await visitor.go(login('ann', { keepSessionInfo: true, successMessage: 'Welcome!' }), POST)
        equal(answer.status, 500)
        deepEqual(held(answer), { error: 'the store is down', user: null })
        equal((await visitor.go('/me')).text, 'nobody')
        for (const stored of Object.values(store.sessions)) ok(!/ann|Welcome/.test(String(stored)), 'stored by the error page')
        equal((await new Visitor(origin, visitor.cookies).go('/me')).text, 'nobody')
      }))

  test('a logout that cannot be saved ends the session all the same, and says that it failed', () =>
    on({}, async (visitor, { store, origin }) => {
      await visitor.go(login('ann'), POST)
      const stolen = new Visitor(origin, visitor.cookies)
      failing(store, 'set', 1)
      equal((await visitor.go('/logout', POST)).status, 500)
      equal((await visitor.go('/me')).text, 'nobody')
      equal((await stolen.go('/me')).text, 'nobody')
    }))

  test('the answer of a login waits for its store, and that of a logout too', () =>
    on({}, async (visitor, { store }) => {
      for (const [path, method] of [
        [login('ann'), 'set'],
        ['/logout', 'destroy'],
      ] as const) {
        const real = store[method]
        let open: () => void = () => {}
        const reached = new Promise<void>((resolve) => {
          store[method] = (...args: Anything[]) => {
            resolve()
            open = () => {
              store[method] = real
              real.apply(store, args)
            }
          }
        })
        let isAnswered = false
        const answer = visitor.go(path, POST).then((answer) => {
          isAnswered = true
          return answer
        })
        await reached
        await new Promise((resolve) => setTimeout(resolve, 30))
        equal(isAnswered, false, path)
        open()
        equal((await answer).status, 200)
      }
      equal((await visitor.go('/me')).text, 'nobody')
    }))
})

describe('races', { skip: missing }, () => {
  test('two logins in two requests of one session get a session each', () =>
    on({}, async (visitor, { origin, store }) => {
      await visitor.go(plant('/me', { cart: 'tea' }))
      const [one, two] = [new Visitor(origin, visitor.cookies), new Visitor(origin, visitor.cookies)]
      await Promise.all([one.go(login('ann'), POST), two.go(login('bob'), POST)])
      deepEqual([(await one.go('/me')).text, (await two.go('/me')).text, (await visitor.go('/me')).text], ['ann', 'bob', 'nobody'])
      equal(Object.keys(store.sessions).length, 2)
    }))

  test('two logins in one request run one after the other, and the last one counts', () =>
    on(
      {
        after: ({ app, store }) =>
          app.post('/both', async (request: Anything, response) => {
            const real = store.destroy.bind(store)
            store.destroy = (id: string, done: Anything) => setTimeout(() => real(id, done), id === request.sessionID ? 20 : 0)
            await Promise.all([request.login({ id: 'ann' }), request.login({ id: 'bob' })])
            response.json(request.session)
          }),
      },
      async (visitor, { store }) => {
        deepEqual(without(held(await visitor.go('/both', POST))), { passport: { user: 'bob' } })
        equal((await visitor.go('/me')).text, 'bob')
        equal(Object.keys(store.sessions).length, 1)
      },
    ))

  test('a logout that is begun during a login comes after it', () =>
    on(
      {
        after: ({ app }) =>
          app.post('/both', async (request: Anything, response) => {
            await Promise.all([request.login({ id: 'ann' }), request.logout()])
            response.send('done')
          }),
      },
      async (visitor, { store }) => {
        await visitor.go('/both', POST)
        equal((await visitor.go('/me')).text, 'nobody')
        ok(!Object.values(store.sessions).some((stored) => /ann/.test(String(stored))))
      },
    ))

  test('a logout is not undone by the save of its own session, slow as it is', () =>
    on({}, async (visitor, { store, origin }) => {
      await visitor.go(login('ann'), POST)
      const stolen = new Visitor(origin, visitor.cookies)
      const real = store.set.bind(store)
      store.set = (id: string, session: unknown, done: Anything) => setTimeout(() => real(id, session, done), 30)
      equal((await visitor.go('/logout', POST)).status, 200)
      await new Promise((resolve) => setTimeout(resolve, 60))
      equal((await stolen.go('/me')).text, 'nobody')
      equal(Object.values(store.sessions).filter((stored) => /ann/.test(String(stored))).length, 0)
    }))
})

test('success messages are in the session of the login', { skip: missing }, () =>
  on({ before: ({ app }) => app.use(original('connect-flash')()) }, async (visitor) => {
    const { session } = held(await visitor.go(login('ann', { successMessage: true, successFlash: 'In.' }), POST))
    deepEqual(without(session), { passport: { user: 'ann' }, flash: { success: ['In.'] }, messages: ['welcome'] })
    deepEqual(without(held(await visitor.go('/session'))), { passport: { user: 'ann' }, flash: { success: ['In.'] }, messages: ['welcome'] })
  }),
)

for (const pauseStream of [true, false])
  test(`a body arrives whole though the user is found late, with pauseStream: ${pauseStream}`, { skip: missing }, () => {
    const late = (id: unknown, done: Anything): void => void setTimeout(() => done(null, { id }), 20)
    const setup: Setup = {
      before: ({ app, passport }) => {
        passport._deserializers.unshift(late)
        app.use((request, _response, next) => {
          if (request.path === '/body' && pauseStream) request.on('data', () => {}).on('error', () => {}) // Flows from here on.
          next()
        })
        app.use('/body', passport.initialize(), passport.authenticate('session', { pauseStream }))
        app.post('/body', async (request: Anything, response) => {
          const parts: Buffer[] = []
          request.on('data', (part: Buffer) => parts.push(part))
          request.on('end', () => response.json({ user: request.user?.id, body: Buffer.concat(parts).toString() }))
        })
      },
    }
    return on(setup, async (visitor) => {
      await visitor.go(login('ann'), POST)
      deepEqual(held(await visitor.go('/body', { form: { a: 'b' } })), { user: 'ann', body: 'a=b' })
    })
  })
