import { deepEqual, equal, match, notEqual } from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import type { Anything } from './case.ts'
import { missing } from './installed.ts'
import { failing, held, hold, LIBRARIES, login, on, POST, plant, without } from './rig.ts'
import { Visitor } from './site.ts'

describe('promises', { skip: missing }, () => {
  test('login and logout can be awaited, and reject', () =>
    on(
      {
        after: ({ app }) => {
          app.post('/in', async (request: Anything, response) => {
            await request.login({ id: 'ann' }, { keep: ['cart'] })
            response.json(request.session)
          })
          app.post('/out', async (request: Anything, response) => {
            await request.logout()
            response.send('bye')
          })
        },
      },
      async (visitor, { store }) => {
        deepEqual(without(held(await visitor.go(plant('/in', { cart: 1, other: 2 }), POST))), { cart: 1, passport: { user: 'ann' } })
        equal((await visitor.go('/me')).text, 'ann')
        equal((await visitor.go('/out', POST)).text, 'bye')
        equal((await visitor.go('/me')).text, 'nobody')
        store.set = (_id: unknown, _session: unknown, done: Anything) => done(new Error('down'))
        deepEqual([(await visitor.go('/in', POST)).status], [500])
      },
    ))

  test('async functions of one argument find users and write them', () =>
    on(
      {
        before: ({ passport }) => {
          passport._serializers.length = passport._deserializers.length = 0
          passport.serializeUser(async (user: Anything) => user.id)
          passport.deserializeUser(async (id: string) => (id === 'gone' ? false : { id }))
          passport.transformAuthInfo(async (info: Anything) => ({ ...info, more: true }))
        },
        after: ({ app, passport }) => app.post('/info', passport.authenticate('query'), (request: Anything, response) => void response.json(request.authInfo)),
      },
      async (visitor) => {
        deepEqual(held(await visitor.go('/info?as=ann', POST)), { message: 'welcome', more: true })
        equal((await visitor.go('/me')).text, 'ann')
        await visitor.go(login('gone'), POST)
        equal((await visitor.go('/me')).text, 'nobody')
      },
    ))

  test('what async functions reject with is an error of the request', () => {
    const broken = async (): Promise<never> => {
      throw new Error('rejected')
    }
    return on(
      {
        before: ({ passport }) => passport._serializers.unshift(broken),
        after: ({ app, passport }) => {
          app.post('/strategy', passport.authenticate({ authenticate: broken }))
          app.post('/callback', (request, response, next) => passport.authenticate('query', broken)(request, response, next))
        },
      },
      async (visitor) => {
        for (const path of [login('ann'), '/strategy', '/callback?as=ann']) deepEqual([(await visitor.go(path, POST)).status, path], [500, path])
      },
    )
  })

  test('an async function that calls back after it resolved is waited for', () =>
    on(
      {
        before: ({ passport }) => passport._deserializers.unshift(async (id: string, done: Anything) => void setTimeout(() => done(null, { id: `${id}!` }), 5)),
      },
      async (visitor) => {
        await visitor.go(login('ann'), POST)
        equal((await visitor.go('/me')).text, 'ann!')
      },
    ))
})

/** Routes that log in and out without an await, and one that awaits and handles what fails. */
const unawaited = ({ app }: { readonly app: Anything }): void => {
  app.post('/in', (request: Anything, response: Anything) => {
    request.login({ id: 'ann' })
    response.redirect('/')
  })
  app.post('/out', (request: Anything, response: Anything) => {
    request.logout()
    response.redirect('/')
  })
  app.post('/handled', async (request: Anything, response: Anything) => {
    try {
      await request.login({ id: 'ann' })
      response.send('in')
    } catch {
      response.status(503).send('Come back later.')
    }
  })
}

describe('logins and logouts that nobody awaits, on @instar/express-session', { skip: missing }, () => {
  const library = missing ? undefined : LIBRARIES['@instar/express-session']?.()
  const rig = { library, after: unawaited }

  test('the answer waits for the login, and carries its cookie', () =>
    on(rig, async (visitor, { origin, store }) => {
      await visitor.go(plant('/me', { cart: 'tea' }))
      const before = visitor.cookies.get('connect.sid')
      const { reached, open } = hold(store, 'set')
      let isAnswered = false
      const answer = visitor.go('/in', POST).finally(() => {
        isAnswered = true
      })
      await reached
      await new Visitor(origin).go('/me') // A whole request, which the answer would have overtaken.
      equal(isAnswered, false)
      open()
      equal((await answer).status, 302)
      notEqual(visitor.cookies.get('connect.sid'), before)
      equal((await visitor.go('/me')).text, 'ann')
    }))

  test('the answer waits for the logout', () =>
    on(rig, async (visitor, { origin, store }) => {
      await visitor.go(login('ann'), POST)
      const stolen = new Visitor(origin, visitor.cookies)
      const { reached, open } = hold(store, 'set')
      let isAnswered = false
      const answer = visitor.go('/out', POST).finally(() => {
        isAnswered = true
      })
      await reached
      await new Visitor(origin).go('/me')
      equal(isAnswered, false)
      open()
      equal((await answer).status, 302)
      for (const each of [visitor, stolen]) equal((await each.go('/me')).text, 'nobody')
    }))

  for (const path of ['/in', '/out'])
    test(`POST ${path}: where the store fails, the answer is that error, without a cookie`, () =>
      on(rig, async (visitor, { store }) => {
        await visitor.go(plant(login('eve', { keep: ['cart'] }), { cart: 'tea' }), POST)
        failing(store, 'set')
        const answer = await visitor.go(path, POST)
        deepEqual([answer.status, held(answer).error, answer.headers.getSetCookie()], [500, 'the store is down', []])
      }))

  test('a login that is awaited, and whose failure the application handles, leaves the application’s answer', () =>
    on(rig, async (visitor, { store }) => {
      failing(store, 'set', 1)
      const answer = await visitor.go('/handled', POST)
      deepEqual([answer.status, answer.text], [503, 'Come back later.'])
      equal((await visitor.go('/me')).text, 'nobody')
      equal((await visitor.go('/handled', POST)).text, 'in')
      equal((await visitor.go('/me')).text, 'ann')
    }))
})

describe('logins that nobody awaits, on express-session', { skip: missing }, () => {
  test('one that fails is warned of, and ends nothing', () =>
    on({ after: unawaited }, async (visitor, { store }) => {
      failing(store, 'set')
      const warning = once(process, 'warning')
      await visitor.go('/in', POST)
      const [{ code, message }] = await warning
      equal(code, 'INSTAR_PASSPORT_UNHEARD')
      match(message, /req\.login\(\) failed.*the store is down.*Await it/)
    }))

  test('one that is awaited is not warned of', () =>
    on({ after: unawaited }, async (visitor, { store }) => {
      const seen: unknown[] = []
      const note = (warning: unknown): unknown => seen.push(warning)
      process.on('warning', note)
      failing(store, 'set', 1)
      equal((await visitor.go('/handled', POST)).status, 503)
      process.off('warning', note)
      deepEqual(seen, [])
    }))
})

/** What the builder of a query is: it asks the database, once more, whenever its `then` is called. */
function query(): { readonly asked: () => number; readonly then: unknown } {
  let asked = 0
  const then = (resolve: (value: unknown) => void): void => {
    asked += 1
    resolve({ id: 'of the query' })
  }
  return { asked: () => asked, then }
}

describe('functions that return what merely has a then, beside calling back', { skip: missing }, () => {
  const late = (done: () => void): void => void setImmediate(done)
  const given: { readonly [title: string]: (returned: unknown) => (passport: Anything) => void } = {
    'serializeUser(user, done)': (returned) => (passport) => {
      passport._serializers.length = 0
      passport.serializeUser((user: Anything, done: Anything) => {
        late(() => done(null, user.id))
        return returned
      })
    },
    'serializeUser(request, user, done)': (returned) => (passport) => {
      passport._serializers.length = 0
      passport.serializeUser((_request: unknown, user: Anything, done: Anything) => {
        late(() => done(null, user.id))
        return returned
      })
    },
    'deserializeUser(id, done)': (returned) => (passport) => {
      passport._deserializers.length = 0
      passport.deserializeUser((id: unknown, done: Anything) => {
        late(() => done(null, { id }))
        return returned
      })
    },
    'deserializeUser(request, id, done)': (returned) => (passport) => {
      passport._deserializers.length = 0
      passport.deserializeUser((_request: unknown, id: unknown, done: Anything) => {
        late(() => done(null, { id }))
        return returned
      })
    },
    'transformAuthInfo(info, done)': (returned) => (passport) =>
      passport.transformAuthInfo((info: unknown, done: Anything) => {
        late(() => done(null, info))
        return returned
      }),
    'a strategy': (returned) => (passport) =>
      passport.use('query', {
        authenticate(this: Anything, request: Anything) {
          late(() => this.success({ id: request.query.as }))
          return returned
        },
      }),
  }
  for (const [title, register] of Object.entries(given))
    test(`${title}: the query is not asked once more`, () => {
      const returned = query()
      return on({ before: ({ passport }) => register(returned)(passport) }, async (visitor) => {
        deepEqual(held(await visitor.go(login('ann'), POST)).user, { id: 'ann' })
        equal((await visitor.go('/me')).text, 'ann')
        equal(returned.asked(), 0)
      })
    })

  test('a custom callback: the query is not asked once more', () => {
    const returned = query()
    const after = ({ app, passport }: Anything): void =>
      app.post('/custom', (request: Anything, response: Anything, next: Anything) =>
        passport.authenticate('query', (_error: unknown, user: unknown) => {
          late(() => response.json(user))
          return returned
        })(request, response, next),
      )
    return on({ after }, async (visitor) => {
      deepEqual(held(await visitor.go('/custom?as=ann', POST)), { id: 'ann' })
      equal(returned.asked(), 0)
    })
  })

  test('a function of one argument has no other way to answer, and may return it', () => {
    // biome-ignore lint/suspicious/noThenProperty: what it is about
    const of = (value: unknown): unknown => ({ then: (resolve: (value: unknown) => void) => resolve(value) })
    const before = ({ passport }: Anything): void => {
      passport._serializers.length = passport._deserializers.length = 0
      passport.serializeUser((user: Anything) => of(user.id))
      passport.deserializeUser((id: unknown) => of(id === 'gone' ? null : { id }))
    }
    return on({ before }, async (visitor) => {
      await visitor.go(login('ann'), POST)
      equal((await visitor.go('/me')).text, 'ann')
      await visitor.go(login('gone'), POST)
      equal((await visitor.go('/me')).text, 'nobody')
    })
  })
})
