// biome-ignore-all lint/suspicious/noExplicitAny: applications without types are what it is for.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import express, { type Express, type Request, type Response } from 'express'
import session, { type SessionOptions } from 'instar/compat/express-session'
import { memoryStore } from 'instar/stores/memory'
import { gatedStore, TestBrowser } from 'instar/testing'
import { listen } from '../adapters/harness.ts'

type Held = Request & { session: any; sessionID: string; sessionStore: any }
type Route = (request: Held, response: Response) => unknown

const OPTIONS = { secret: 'keyboard cat', resave: false, saveUninitialized: false, cookie: { sameSite: 'lax' } } as const

/** The application of a tutorial: it never asks for a new id. */
function shop(options: SessionOptions = {}, routes: { [path: string]: Route } = {}): Express {
  const app = express().set('env', 'test')
  app.use(session({ ...OPTIONS, ...options }) as never)
  const all: { [path: string]: Route } = {
    '/who': (request, response) => response.send(request.session.user?.id ?? 'nobody'),
    '/cart': (request, response) => {
      request.session.cart ??= []
      request.session.cart.push('tea')
      response.send(String(request.session.cart.length))
    },
    '/login': (request, response) => {
      request.session.user = { id: 'ann', name: 'Ann' }
      response.send('welcome')
    },
    '/rename': (request, response) => {
      request.session.user.name = 'Anna'
      response.send('renamed')
    },
    '/logout': (request, response) => {
      request.session.destroy((error: unknown) => response.send(error ? 'failed' : 'bye'))
    },
    '/forget': (request, response) => {
      delete request.session.user
      response.send('bye')
    },
    ...routes,
  }
  for (const [path, route] of Object.entries(all)) app.all(path, route as never)
  app.use(((error: { code?: string }, _request: unknown, response: Response, next: (error: unknown) => void) => {
    if (response.headersSent) next(error)
    else response.status(500).send(`failed: ${error.code}`)
  }) as never)
  return app
}

async function visiting(app: Express, steps: (browser: TestBrowser) => Promise<void>): Promise<void> {
  const server = await listen(app)
  try {
    await steps(new TestBrowser(server.origin))
  } finally {
    await server.close()
  }
}

/** A store of express-session's kind, whose operations go through gates. */
class LegacyStore extends session.Store {
  readonly rows = new Map<string, string>()
  readonly calls: string[] = []
  before: (operation: string) => Promise<void> = async () => {}

  #do(operation: string, work: () => unknown, callback?: (error?: unknown, result?: unknown) => void): void {
    this.calls.push(operation)
    this.before(operation).then(
      () => {
        const result = work()
        callback?.(null, result)
      },
      (error) => callback?.(error),
    )
  }
  override get(sid: string, callback: any): void {
    this.#do('get', () => JSON.parse(this.rows.get(sid) ?? 'null'), callback)
  }
  override set(sid: string, data: any, callback?: any): void {
    const json = JSON.stringify(data)
    this.#do('set', () => void this.rows.set(sid, json), callback)
  }
  override destroy(sid: string, callback?: any): void {
    this.#do(`destroy ${sid}`, () => void this.rows.delete(sid), callback)
  }
  override all(callback: any): void {
    this.#do('all', () => Array.from(this.rows.values(), (json) => JSON.parse(json)), callback)
  }
}

const stores: { readonly [name: string]: () => SessionOptions } = {
  'its own memory': () => ({}),
  'a store of others': () => ({ store: new LegacyStore() }),
  'a store of Instar': () => ({ store: memoryStore() }),
}

for (const [name, open] of Object.entries(stores))
  describe(`express-session on ${name}`, () => {
    test('keeps what is written, deep changes too, and sets one cookie', () =>
      visiting(shop(open()), async (browser) => {
        const first = await browser.send('/cart')
        assert.match(first.setCookie.join(), /^connect\.sid=s%3A[\w-]{43}\.[\w%]+; Path=\/; HttpOnly; SameSite=Lax$/)
        assert.deepEqual([(await browser.send('/cart')).body, (await browser.send('/cart')).setCookie, (await browser.send('/cart')).body], ['2', [], '4'])
      }))

    test('a login in a session that was planted moves to a new id, with the cart and without the CSRF secret', () =>
      visiting(
        shop(open(), {
          '/token': (request, response) => {
            request.session.csrfSecret ??= 'secret'
            response.send(request.session.csrfSecret)
          },
          '/secret': (request, response) => response.send(String(request.session.csrfSecret)),
        }),
        async (browser) => {
          await browser.send('/cart')
          await browser.send('/token')
          const planted = browser.copy()
          assert.equal((await browser.post('/login')).setCookie.length, 1)
          assert.deepEqual([(await browser.send('/who')).body, (await planted.send('/who')).body], ['ann', 'nobody'])
          assert.deepEqual([(await browser.send('/cart')).body, (await browser.send('/secret')).body], ['2', 'undefined'])
        },
      ))

    test('a CSRF secret that the application copies over a new id stays behind all the same', () =>
      visiting(
        shop(open(), {
          '/token': (request, response) => {
            request.session.csrfSecret ??= 'secret'
            response.send(request.session.csrfSecret)
          },
          '/secret': (request, response) => response.send(`${request.session.csrfSecret} ${request.session.cart}`),
          '/copying-login': (request, response) => {
            const { cookie: _, ...before } = request.session
            request.session.regenerate(() => {
              Object.assign(request.session, before, { user: { id: 'ann' } })
              response.send('welcome')
            })
          },
        }),
        async (browser) => {
          await browser.send('/cart')
          await browser.send('/token')
          await browser.post('/copying-login')
          assert.deepEqual([(await browser.send('/who')).body, (await browser.send('/secret')).body], ['ann', 'undefined tea'])
        },
      ))

    test('another field of the user does not move it; a logout by deletion does', () =>
      visiting(shop(open()), async (browser) => {
        await browser.post('/login')
        assert.deepEqual((await browser.post('/rename')).setCookie, [])
        const copy = browser.copy()
        assert.equal((await browser.post('/forget')).setCookie.length, 1)
        assert.deepEqual([(await copy.send('/who')).body, (await browser.send('/who')).body], ['nobody', 'nobody'])
      }))

    test('a slow request that ends after the logout brings nothing back, with resave too', async () => {
      for (const resave of [false, true]) {
        const entered = Promise.withResolvers<void>()
        const goOn = Promise.withResolvers<void>()
        const slow: Route = async (request, response) => {
          entered.resolve()
          await goOn.promise
          request.session.late = true
          response.send('done')
        }
        await visiting(shop({ ...open(), resave }, { '/slow': slow }), async (browser) => {
          await browser.post('/login')
          const thief = browser.copy()
          const late = thief.sendOnly('/slow')
          await entered.promise
          await browser.post('/logout')
          goOn.resolve()
          assert.deepEqual([(await late).body, (await late).setCookie], ['done', []])
          assert.equal((await thief.send('/who')).body, 'nobody')
        })
      }
    })

    test('ten parallel writes to ten keys: none is lost', async () => {
      const all = Promise.withResolvers<void>()
      let waiting = 0
      const write: Route = async (request, response) => {
        if (++waiting === 10) all.resolve()
        await all.promise
        request.session[`key${request.query['n']}`] = true
        response.send('done')
      }
      const keys: Route = (request, response) => response.send(String(Object.keys(request.session).filter((key) => key.startsWith('key')).length))
      await visiting(shop(open(), { '/write': write, '/keys': keys }), async (browser) => {
        await browser.send('/cart')
        await Promise.all(Array.from({ length: 10 }, (_, n) => browser.send(`/write?n=${n}`)))
        const { body } = await browser.send('/keys')
        assert.equal(body, '10')
      })
    })

    test('ten parallel increments: one after another with `serial`', async () => {
      const all = Promise.withResolvers<void>()
      let asked = 0
      const counting = express().use((request, _response, next) => {
        if (request.path === '/add' && ++asked === 10) all.resolve()
        next()
      })
      const add: Route = async (request, response) => {
        const { views = 0 } = request.session
        await all.promise
        request.session.views = views + 1
        response.send('done')
      }
      const views: Route = (request, response) => response.send(String(request.session.views))
      await visiting(counting.use(shop({ ...open(), serial: true }, { '/add': add, '/views': views })), async (browser) => {
        await browser.send('/cart')
        await Promise.all(Array.from({ length: 10 }, () => browser.send('/add')))
        assert.equal((await browser.send('/views')).body, '10')
      })
    })

    test('a save by hand, with the user changed, moves to the new id there and then', () =>
      visiting(
        shop(open(), {
          '/enter': (request, response) => {
            request.session.user = { id: 'ann' }
            const before = request.sessionID
            request.session.save((error: unknown) => response.send(`${error} ${before !== request.sessionID} ${request.session.id === request.sessionID}`))
          },
        }),
        async (browser) => {
          await browser.send('/cart')
          const planted = browser.copy()
          assert.equal((await browser.post('/enter')).body, 'undefined true true')
          assert.deepEqual([(await browser.send('/who')).body, (await planted.send('/who')).body], ['ann', 'nobody'])
        },
      ))

    test('regenerate, reload, save and destroy by callback and by promise', () =>
      visiting(
        shop(open(), {
          '/promises': async (request, response) => {
            const before = request.sessionID
            await request.session.regenerate()
            request.session.x = 1
            await request.session.save()
            request.session.x = 2
            await request.session.reload()
            const { x } = request.session
            await request.session.destroy()
            response.send(`${before !== request.sessionID} ${x} ${request.session}`)
          },
        }),
        async (browser) => {
          await browser.send('/cart')
          assert.equal((await browser.post('/promises')).body, 'true 1 undefined')
          assert.equal((await browser.send('/cart')).body, '1')
        },
      ))

    test('what is written while the answer streams is stored; a login then is refused', () =>
      visiting(
        shop(open(), {
          '/stream': (request, response) => {
            response.write('head ')
            setImmediate(() => {
              request.session.late = 'yes'
              response.end('end')
            })
          },
          '/late': (request, response) => response.send(String(request.session.late)),
          '/late-login': (request, response) => {
            response.write('head ')
            setImmediate(() => {
              request.session.user = { id: 'ann' }
              response.end('end')
            })
          },
        }),
        async (browser) => {
          await browser.send('/cart')
          assert.equal((await browser.send('/stream')).body, 'head end')
          assert.equal((await browser.send('/late')).body, 'yes')
          await assert.rejects(browser.send('/late-login'))
          assert.equal((await browser.send('/who')).body, 'nobody')
        },
      ))

    test('two session cookies of one name that both are ours open nothing; what others signed is passed by', () =>
      visiting(shop(open()), async (browser) => {
        await browser.post('/login')
        const other = browser.another()
        await other.send('/cart')
        const who = async (cookie: string) => (await browser.sendOnly('/who', { headers: { cookie } })).body
        assert.deepEqual([await who(`${browser.cookie}; ${other.cookie}`), await who(`${other.cookie}; ${browser.cookie}`)], ['nobody', 'nobody'])
        assert.deepEqual([await who(`${browser.cookie}; ${browser.cookie}`), await who(`connect.sid=s%3Aplanted.wrong; ${browser.cookie}`)], ['ann', 'ann'])
      }))

    test('a cookie whose name has odd bytes around it is another cookie: it is not read, and keeps nobody out', () =>
      visiting(shop(open()), async (browser) => {
        await browser.post('/login')
        const other = browser.another()
        await other.send('/cart')
        const who = async (cookie: string) => (await browser.sendOnly('/who', { headers: { cookie } })).body
        for (const alike of [`\u00a0${other.cookie}`, other.cookie.replace('=', '\u00a0=')]) assert.equal(await who(`${alike}; ${browser.cookie}`), 'ann')
        assert.equal(await who(`\u00a0${browser.cookie}`), 'nobody')
        assert.equal(await who(` \t${browser.cookie} \t`), 'ann')
      }))

    test('a change of who is logged in does not carry a session over its logout', async () => {
      const entered = Promise.withResolvers<void>()
      const goOn = Promise.withResolvers<void>()
      const change: Route = async (request, response) => {
        request.session.user = { id: 'root' }
        entered.resolve()
        await goOn.promise
        response.send('changed')
      }
      await visiting(shop(open(), { '/change': change }), async (browser) => {
        await browser.post('/login')
        const thief = browser.copy()
        const late = thief.send('/change')
        await entered.promise
        await browser.post('/logout')
        goOn.resolve()
        assert.deepEqual([(await late).setCookie, (await thief.send('/who')).body], [[], 'nobody'])
      })
    })

    test('after a logout the store shows nothing under the id, and a request with it that saves a session gets one of its own', () =>
      visiting(
        shop(
          { ...open(), saveUninitialized: true },
          {
            '/shown': async (request, response) => {
              const store = request.sessionStore
              const sid = String(request.query['sid'])
              const got = await new Promise((resolve) => store.get(sid, (_error: unknown, data: unknown) => resolve(data)))
              const loaded = await new Promise((resolve) => store.load(sid, (_error: unknown, data: unknown) => resolve(data)))
              const all = store.all ? await new Promise((resolve) => store.all((_error: unknown, found: object) => resolve(Object.keys(found)))) : []
              response.json([got ?? null, loaded ?? null, all])
            },
            '/id': (request, response) => response.send(request.sessionID),
            '/save': async (request, response) => {
              await request.session.save()
              response.send(request.sessionID)
            },
          },
        ),
        async (browser) => {
          await browser.post('/login')
          const copy = browser.copy()
          const { body: sid } = await browser.send('/id')
          await browser.post('/logout')
          assert.deepEqual(JSON.parse((await new TestBrowser(browser.origin).send(`/shown?sid=${sid}`)).body), [null, null, []])
          const saved = await copy.send('/save')
          assert.equal(saved.setCookie.length, 1)
          assert.notEqual(saved.body, sid)
          assert.equal((await copy.send('/id')).body, saved.body)
        },
      ))

    test('a session that a handler makes by hand is stored, under a new id where it is of somebody else', () =>
      visiting(
        shop(open(), {
          '/make': (request, response) => {
            const { sessionStore, session } = request
            sessionStore.createSession(request, {
              ...JSON.parse(JSON.stringify(session)),
              made: 1,
              ...(request.query['user'] && { user: { id: request.query['user'] } }),
            })
            response.send(String(request.session.made))
          },
          '/made': (request, response) => response.send(`${request.session.made} ${request.session.cart?.length}`),
        }),
        async (browser) => {
          await browser.send('/cart')
          assert.deepEqual((await browser.send('/make')).setCookie, [])
          assert.equal((await browser.send('/made')).body, '1 1')
          const planted = browser.copy()
          assert.equal((await browser.send('/make?user=ann')).setCookie.length, 1)
          assert.deepEqual([(await browser.send('/who')).body, (await planted.send('/who')).body], ['ann', 'nobody'])
        },
      ))

    test('what a request does to its session and never stores, no other request sees', () =>
      visiting(
        shop(open(), {
          '/spoil': async (request, response) => {
            request.session.cart.push('never stored')
            await request.session.reload()
            response.send(request.session.cart.join())
          },
        }),
        async (browser) => {
          await browser.send('/cart')
          assert.equal((await browser.send('/spoil')).body, 'tea')
          assert.equal((await browser.send('/cart')).body, '2')
        },
      ))

    test('reload waits for a save that nobody awaited', () =>
      visiting(
        shop(open(), {
          '/reload': async (request, response) => {
            request.session.n = 2
            request.session.save()
            await request.session.reload()
            response.send(String(request.session.n))
          },
        }),
        async (browser) => {
          await browser.send('/cart')
          assert.equal((await browser.send('/reload')).body, '2')
        },
      ))

    test('a session that a socket loaded is saved like one of a request, and never moves or comes back', () =>
      visiting(
        shop(open(), {
          '/socket': (request, response) => {
            const { sessionStore, sessionID } = request
            sessionStore.load(sessionID, async (_error: unknown, loaded: any) => {
              loaded.n = 1
              const first = await loaded.save().then(
                () => 'saved',
                (error: any) => error.code,
              )
              loaded.user = { id: 'root' }
              const login = await loaded.save().then(
                () => 'saved',
                (error: any) => error.code,
              )
              delete loaded.user
              await request.session.destroy()
              loaded.n = 2
              const late = await loaded.save().then(
                () => 'saved',
                (error: any) => error.code,
              )
              response.send([first, login, late].join())
            })
          },
        }),
        async (browser) => {
          await browser.send('/cart')
          const copy = browser.copy()
          assert.equal((await browser.send('/socket')).body, 'saved,head_sent,session_ended')
          assert.equal((await copy.send('/cart')).body, '1')
        },
      ))

    test('what is written between the head and the end of one tick is stored, and a logout then too', () =>
      visiting(
        shop(open(), {
          '/tick': (request, response) => {
            response.writeHead(200)
            request.session.late = 'yes'
            response.end('done')
          },
          '/late': (request, response) => response.send(String(request.session.late)),
          '/leave': (request, response) => {
            response.write('bye')
            delete request.session.user
            response.end()
          },
        }),
        async (browser) => {
          await browser.post('/login')
          await browser.send('/tick')
          assert.equal((await browser.send('/late')).body, 'yes')
          const copy = browser.copy()
          assert.equal((await browser.send('/leave')).body, 'bye')
          assert.equal((await copy.send('/who')).body, 'nobody')
        },
      ))

    test('a save or a destroy that nobody awaits is awaited before the answer', () =>
      visiting(
        shop(open(), {
          '/hasty': (request, response) => {
            request.session.user = { id: 'ann' }
            request.session.save()
            request.session.save()
            response.send('welcome')
          },
          '/bye': (request, response) => {
            request.session.destroy()
            response.send('bye')
          },
        }),
        async (browser) => {
          await browser.send('/cart')
          assert.deepEqual([(await browser.post('/hasty')).status, (await browser.another().post('/hasty')).status], [200, 200])
          assert.equal((await browser.send('/who')).body, 'ann')
          const copy = browser.copy()
          assert.equal((await browser.post('/bye')).body, 'bye')
          assert.equal((await copy.send('/who')).body, 'nobody')
        },
      ))

    test('the handshake of a socket, whose response is none, has its session', async () => {
      const middleware = session({ ...OPTIONS, ...open() }) as unknown as (request: unknown, response: unknown, next: (error?: unknown) => void) => void
      const request = { url: '/', method: 'GET', headers: {}, socket: {} } as { session?: object }
      await new Promise((resolve) => middleware(request, {}, resolve))
      assert.equal(typeof request.session, 'object')
    })

    test('objects without a name are told from each other, and ids of databases by their text', () => {
      let user: unknown
      const enter: Route = (request, response) => {
        request.session.user = user
        response.send('in')
      }
      return visiting(shop(open(), { '/enter': enter }), async (browser) => {
        await browser.send('/cart')
        const isNew = async (next: unknown): Promise<boolean> => {
          user = next
          return (await browser.post('/enter')).setCookie.length > 0
        }
        const id = { toJSON: () => '64f0a1b2c3d4e5f6a7b80180', id: Buffer.from('x') }
        assert.deepEqual(
          [
            await isNew({ role: 'guest' }),
            await isNew({ role: 'member' }),
            await isNew({ loggedIn: false }),
            await isNew([{ user_id: 1 }]),
            await isNew([{ user_id: 2 }]),
            await isNew(id),
            await isNew(id),
          ],
          [true, true, true, true, true, true, false],
        )
      })
    })
  })

describe('express-session on a store of Instar', () => {
  test('stores no id that opens a session, gives each login a row of its own, and refuses to answer what was not stored', async () => {
    const rows = gatedStore(memoryStore())
    await visiting(shop({ store: rows }), async (browser) => {
      await browser.send('/cart')
      await browser.post('/login')
      const [row, ...others] = await rows.listByUser('ann')
      const sid = decodeURIComponent(browser.jar.get('connect.sid') as string).slice(2, 45)
      assert.equal(others.length, 0)
      assert.ok(row && !JSON.stringify(row).includes(sid))
      rows.breakDown()
      const failed = await browser.another().post('/login')
      assert.deepEqual([failed.status, failed.setCookie, failed.body.includes('welcome')], [500, [], false])
      assert.equal((await browser.send('/who')).status, 500)
    })
  })
})

describe('express-session on a store of others, whose set is an upsert', () => {
  const held: { [path: string]: Route } = {
    '/write': (request, response) => {
      request.session.late = true
      response.send('done')
    },
  }

  test('a save that is under way when the session ends in this process is undone', async () => {
    const store = new LegacyStore()
    await visiting(shop({ store }, held), async (browser) => {
      await browser.post('/login')
      const thief = browser.copy()
      const reached = Promise.withResolvers<void>()
      const goOn = Promise.withResolvers<void>()
      store.before = async (operation) => {
        if (operation !== 'set') return
        store.before = async () => {}
        reached.resolve()
        await goOn.promise
      }
      const late = thief.sendOnly('/write')
      await reached.promise
      await browser.post('/logout')
      goOn.resolve()
      assert.deepEqual((await late).setCookie, [])
      assert.equal((await thief.send('/who')).body, 'nobody')
      assert.ok([...store.rows.values()].every((row) => !row.includes('ann')))
    })
  })

  test('no process shows what another one left under an ended id, by callback or by promise', async () => {
    const [here, there] = [new LegacyStore(), new LegacyStore()]
    Object.assign(there, { rows: here.rows })
    await visiting(shop({ store: here }), (browser) =>
      visiting(shop({ store: there }), async (elsewhere) => {
        await browser.post('/login')
        for (const [name, value] of browser.jar) elsewhere.jar.set(name, value)
        await elsewhere.post('/logout')
        const [sid = ''] = here.rows.keys()
        assert.match(String(here.rows.get(sid)), /"ended":true/)
        assert.equal(await new Promise((resolve) => here.get(sid, (_error: unknown, data: unknown) => resolve(data))), null)
        const listed = await new Promise((resolve) => there.all((_error: unknown, found: unknown) => resolve(found)))
        assert.deepEqual(listed, [])
      }),
    )
    const promising = Object.assign(new LegacyStore(), { get: async () => ({ cookie: {}, __instar: { ended: true } }) })
    session({ ...OPTIONS, store: promising as never })
    assert.equal(await promising.get(), null)
  })

  test('a store that destroys what it is told to store expired has not ended the session: its cookie is cleared in the browser', async () => {
    class Expiring extends LegacyStore {
      override set(sid: string, data: any, callback?: any): void {
        if (data.cookie.expires && data.cookie.expires <= Date.now()) this.destroy(sid, callback)
        else super.set(sid, data, callback)
      }
    }
    const expire: Route = (request, response) => {
      request.session.cookie.maxAge = 0
      request.session.n = 2
      response.send('expired')
    }
    await visiting(shop({ store: new Expiring() as never }, { '/expire': expire }), async (browser) => {
      await browser.send('/cart')
      const { setCookie } = await browser.send('/expire')
      assert.match(setCookie.join(), /^connect\.sid=s%3A.*; Expires=/)
    })
  })

  test('what another process has ended is seen before a save, by what it left under the old id', async () => {
    const [here, there] = [new LegacyStore(), new LegacyStore()]
    Object.assign(there, { rows: here.rows })
    const entered = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const slow: Route = async (request, response) => {
      request.session.late = true
      entered.resolve()
      await goOn.promise
      response.send('done')
    }
    await visiting(shop({ store: here }, { '/slow': slow }), (browser) =>
      visiting(shop({ store: there }), async (elsewhere) => {
        await browser.post('/login')
        const late = browser.sendOnly('/slow')
        await entered.promise
        for (const [name, value] of browser.jar) elsewhere.jar.set(name, value)
        await elsewhere.post('/logout')
        goOn.resolve()
        assert.deepEqual((await late).setCookie, [])
        assert.equal((await browser.send('/who')).body, 'nobody')
        assert.ok([...here.rows.values()].every((row) => !/ann|late/.test(row)))
      }),
    )
  })

  test('what is written while the head waits for the store is stored before the answer ends', async () => {
    const store = new LegacyStore()
    const reached = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const waits: Route = async (request, response) => {
      store.before = async (operation) => {
        if (operation !== 'set') return
        store.before = async () => {}
        reached.resolve()
        await goOn.promise
      }
      request.session.first = true
      response.write('head ')
      await reached.promise
      request.session.second = true
      response.end('end')
      goOn.resolve()
    }
    const both: Route = (request, response) => response.send(`${request.session.first} ${request.session.second}`)
    await visiting(shop({ store }, { '/waits': waits, '/both': both }), async (browser) => {
      await browser.send('/cart')
      assert.equal((await browser.send('/waits')).body, 'head end')
      assert.equal((await browser.send('/both')).body, 'true true')
    })
  })

  test('a store that fails to save fails the answer, and nothing of a success leaves', async () => {
    const store = new LegacyStore()
    store.before = async (operation) => {
      if (operation === 'set') throw Object.assign(new Error('full'), { code: 'FULL' })
    }
    await visiting(shop({ store }), async (browser) => {
      const { status, body, setCookie } = await browser.post('/login')
      assert.deepEqual([status, body, setCookie], [500, 'failed: FULL', []])
    })
  })

  test('a logout that the store could not do is tried again by the next request, and nobody is told before that it was done', async () => {
    const [store, elsewhere] = [new LegacyStore(), new LegacyStore()]
    Object.assign(elsewhere, { rows: store.rows }) // Another process, on the same database.
    await visiting(shop({ store }), async (browser) => {
      await visiting(shop({ store: elsewhere }), async (other) => {
        await browser.post('/login')
        const there = async () => {
          other.jar.clear()
          for (const [name, value] of kept) other.jar.set(name, value)
          return (await other.sendOnly('/who')).body
        }
        const kept = new Map(browser.jar)
        store.before = async (operation) => {
          if (operation !== 'get') throw Object.assign(new Error('down'), { code: 'DOWN' })
        }
        assert.equal((await browser.post('/logout')).body, 'failed')
        assert.equal((await browser.post('/logout')).body, 'failed: DOWN', 'not that it was done')
        assert.equal(await there(), 'ann')
        store.before = async () => {}
        for (const [name, value] of kept) browser.jar.set(name, value)
        await browser.post('/logout')
        assert.equal(await there(), 'nobody')
      })
    })
  })
})
