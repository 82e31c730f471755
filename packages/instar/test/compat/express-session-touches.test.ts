// biome-ignore-all lint/suspicious/noExplicitAny: applications without types are what it is for.
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import express, { type Express, type Request, type Response } from 'express'
import session, { MemoryStore, type SessionOptions } from 'instar/compat/express-session'
import { memoryStore } from 'instar/stores/memory'
import { TestBrowser } from 'instar/testing'
import { Deadlines } from '../../src/compat/session/deadlines.ts'
import { listen } from '../adapters/harness.ts'

// How often the drop-in asks the store, and that no session ends early for that.

type Held = Request & { session: any; sessionID: string }
type Route = (request: Held, response: Response) => unknown

const OPTIONS = { secret: 'keyboard cat', resave: false, saveUninitialized: false } as const
const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE
const BEGIN = Date.UTC(2026, 0, 1)

function shop(options: SessionOptions, routes: { [path: string]: Route } = {}): Express {
  const app = express().set('env', 'test')
  app.use(session({ ...OPTIONS, ...options }) as never)
  const all: { [path: string]: Route } = {
    '/who': (request, response) => response.send(request.session.user ?? 'nobody'),
    '/login': (request, response) => {
      request.session.user = 'ann'
      response.send('welcome')
    },
    '/count': (request, response) => {
      request.session.count = (request.session.count ?? 0) + 1
      response.send(String(request.session.count))
    },
    '/age': (request, response) => {
      request.session.cookie.maxAge = Number(request.query['age'])
      response.send('set')
    },
    '/path': (request, response) => {
      request.session.cookie.path = '/app'
      response.send('set')
    },
    '/renew': (request, response) => request.session.regenerate(() => response.send('new')),
    '/logout': (request, response) => request.session.destroy(() => response.send('bye')),
    ...routes,
  }
  for (const [path, route] of Object.entries(all)) app.all(path, route as never)
  app.use(((error: { message?: string }, _request: unknown, response: Response, _next: unknown) =>
    response.status(500).send(`failed: ${error.message}`)) as never)
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

interface Row {
  json: string
  until: number
}

/** A store as connect-redis is one: a touch moves the deadline of a row alone, and nobody is told of it. Its operations go through gates. */
class ExpiringStore extends session.Store {
  readonly rows: Map<string, Row>
  calls: string[] = []
  ownTtl = DAY
  before: (operation: string) => Promise<void> = async () => {}

  constructor(rows = new Map<string, Row>()) {
    super()
    this.rows = rows
  }

  takeCalls(): string {
    return this.calls.splice(0).join()
  }
  untilOf(data: any): number {
    return data.cookie.expires ? new Date(data.cookie.expires).valueOf() : Date.now() + this.ownTtl
  }
  /** What is to be given back, if the row is still there. */
  live(sid: string): Row | undefined {
    const row = this.rows.get(sid)
    return row && row.until > Date.now() ? row : undefined
  }
  #do(operation: string, work: () => unknown, callback?: (error?: unknown, result?: unknown) => void): void {
    this.calls.push(operation)
    this.before(operation).then(
      () => callback?.(null, work()),
      (error) => callback?.(error),
    )
  }
  override get(sid: string, callback: any): void {
    this.#do('get', () => JSON.parse(this.live(sid)?.json ?? 'null'), callback)
  }
  override set(sid: string, data: any, callback?: any): void {
    const row = { json: JSON.stringify(data), until: this.untilOf(data) }
    this.#do('set', () => void this.rows.set(sid, row), callback)
  }
  override touch(sid: string, data: any, callback?: any): void {
    const until = this.untilOf(data)
    const work = (): void => {
      const row = this.live(sid)
      if (row) row.until = until
    }
    this.#do('touch', work, callback)
  }
  override destroy(sid: string, callback?: any): void {
    this.#do('destroy', () => void this.rows.delete(sid), callback)
  }
}

/** One whose touch writes the session as the request has it. */
class DisguisedStore extends ExpiringStore {
  override touch(sid: string, data: any, callback?: any): void {
    this.set(sid, data, callback)
  }
}

/** A clock that goes on when it is told to. */
function clock(context: TestContext): (milliseconds: number) => void {
  context.mock.timers.enable({ apis: ['Date'], now: BEGIN })
  return (milliseconds) => context.mock.timers.tick(milliseconds)
}

/** Holds the first operation of a kind that comes, until `open`. */
function hold(store: ExpiringStore, operation: string): { readonly reached: Promise<void>; open(): void } {
  const reached = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  store.before = async (asked) => {
    if (asked !== operation) return
    store.before = async () => {}
    reached.resolve()
    await opened.promise
  }
  return { reached: reached.promise, open: opened.resolve }
}

describe('what the drop-in asks of a store of others', () => {
  test('a session that is read is touched once in a tenth of its age', (context) => {
    const tick = clock(context)
    const store = new ExpiringStore()
    return visiting(shop({ store, cookie: { maxAge: 100 * SECOND } }), async (browser) => {
      await browser.post('/login')
      store.takeCalls()
      const read = async (after: number): Promise<string> => {
        tick(after)
        await browser.send('/who')
        return store.takeCalls()
      }
      assert.deepEqual([await read(0), await read(9_999), await read(1), await read(0)], ['get', 'get', 'get,get,touch', 'get'])
      assert.deepEqual([await read(9_999), await read(1), await read(1)], ['get', 'get,get,touch', 'get'])
      assert.equal([...store.rows.values()][0]?.until, BEGIN + 120 * SECOND)
    })
  })

  test('a session in use never ends more than a tenth of its age early, however short that is', (context) => {
    const tick = clock(context)
    return visiting(shop({ store: new ExpiringStore(), cookie: { maxAge: 100 } }), async (browser) => {
      await browser.post('/login')
      const cookie = browser.jar.get('connect.sid')
      const who = async (after: number): Promise<string> => {
        tick(after)
        return (await browser.sendOnly('/who', { headers: { cookie: `connect.sid=${cookie}` } })).body
      }
      for (let at = 0; at < 60; at++) assert.equal(await who(1 + (at % 9)), 'ann')
      assert.deepEqual([await who(90), await who(90), await who(101)], ['ann', 'ann', 'nobody'])
    })
  })

  test('a session whose cookie has no age is touched once a minute, and a save is a touch', (context) => {
    const tick = clock(context)
    const store = new ExpiringStore()
    return visiting(shop({ store }), async (browser) => {
      await browser.post('/login')
      store.takeCalls()
      const asks = async (path: string, after: number): Promise<string> => {
        tick(after)
        await browser.send(path)
        return store.takeCalls()
      }
      assert.deepEqual([await asks('/who', MINUTE - 1), await asks('/who', 1), await asks('/who', 1)], ['get', 'get,get,touch', 'get'])
      assert.deepEqual([await asks('/count', 50 * SECOND), await asks('/who', MINUTE - 1), await asks('/who', 1)], ['get,get,set', 'get', 'get,get,touch'])
    })
  })

  test('a store with a life of its own for sessions is asked in tenths of that, or once a minute where it does not say', async (context) => {
    const tick = clock(context)
    const touchedAfter = async (own: object, cookie: { maxAge?: number }): Promise<number> => {
      const store = Object.assign(new ExpiringStore(), own)
      let seconds = 0
      await visiting(shop({ store, cookie }), async (browser) => {
        await browser.post('/login')
        while (!store.takeCalls().includes('touch') && seconds < 1000) {
          tick(SECOND)
          seconds++
          await browser.send('/who')
        }
      })
      return seconds
    }
    const day = { maxAge: DAY }
    assert.deepEqual([await touchedAfter({ ttl: 30 }, day), await touchedAfter({ ttl: 30 }, {})], [3, 3])
    assert.deepEqual([await touchedAfter({ ttl: () => 600 }, day), await touchedAfter({ options: { ttl: 600_000 } }, day)], [60, 60])
    assert.equal(await touchedAfter({ ttl: 86_400 }, { maxAge: 500 * SECOND }), 50)
  })

  test('a cookie that the application changed is told to the store at once, and a deadline that comes nearer', (context) => {
    const tick = clock(context)
    const store = new ExpiringStore()
    return visiting(shop({ store, cookie: { maxAge: 100 * SECOND } }), async (browser) => {
      await browser.post('/login')
      const [row] = store.rows.values()
      await browser.send('/age?age=101000')
      assert.equal(row?.until, BEGIN + 101 * SECOND)
      await browser.send(`/age?age=${DAY}`)
      assert.equal(row?.until, BEGIN + DAY)
      // The store has the age of before, as with the original.
      tick(1)
      await browser.send('/who')
      assert.equal(row?.until, BEGIN + 100 * SECOND + 1)
      store.takeCalls()
      await browser.send('/path')
      assert.equal(store.takeCalls(), 'get,get,touch')
    })
  })

  test('with `rolling` the cookie goes out each time, and the store keeps the session as long but for a tenth', (context) => {
    const tick = clock(context)
    const store = new ExpiringStore()
    return visiting(shop({ store, rolling: true, cookie: { maxAge: 100 * SECOND } }), async (browser) => {
      await browser.post('/login')
      store.takeCalls()
      for (let at = 0; at < 20; at++) {
        tick(3 * SECOND)
        const { setCookie } = await browser.send('/who')
        const told = Date.parse(/Expires=([^;]+)/.exec(setCookie.join())?.[1] as string)
        assert.equal(told, Date.now() + 100 * SECOND)
        assert.ok(told - ([...store.rows.values()][0] as Row).until < 10 * SECOND)
      }
      assert.equal(store.takeCalls().split('touch').length - 1, 5)
    })
  })

  test('a session whose `touch` the application replaced ends when that says, and the store is told what it changes', (context) => {
    const tick = clock(context)
    const store = new ExpiringStore()
    const fixed: Route = (request, response) => {
      request.session.touch = () => request.session
      response.send(request.session.user ?? 'nobody')
    }
    const longer: Route = (request, response) => {
      request.session.touch = () => Object.assign(request.session.cookie, { maxAge: 101 * SECOND })
      response.send('longer')
    }
    return visiting(shop({ store, cookie: { maxAge: 100 * SECOND } }, { '/fixed': fixed, '/longer': longer }), async (browser) => {
      await browser.post('/login')
      const [row] = store.rows.values()
      tick(50 * SECOND)
      await browser.send('/fixed')
      assert.equal(row?.until, BEGIN + 100 * SECOND)
      await browser.send('/longer')
      assert.equal(row?.until, BEGIN + 151 * SECOND)
    })
  })

  test('requests beside each other touch once', (context) => {
    const tick = clock(context)
    const store = new ExpiringStore()
    return visiting(shop({ store }), async (browser) => {
      await browser.post('/login')
      tick(MINUTE)
      const held = hold(store, 'touch')
      const first = browser.send('/who')
      await held.reached
      store.takeCalls()
      await Promise.all(Array.from({ length: 30 }, () => browser.sendOnly('/who')))
      assert.equal(store.takeCalls(), Array(30).fill('get').join())
      held.open()
      assert.equal((await first).body, 'ann')
    })
  })

  test('a touch that failed is no touch: the request fails, and the next one touches', (context) => {
    const tick = clock(context)
    const store = new ExpiringStore()
    return visiting(shop({ store }), async (browser) => {
      await browser.post('/login')
      tick(MINUTE)
      store.before = async (operation) => {
        if (operation === 'touch') throw new Error('away')
      }
      assert.equal((await browser.send('/who')).body, 'failed: away')
      store.before = async () => {}
      store.takeCalls()
      await browser.send('/who')
      assert.equal(store.takeCalls(), 'get,get,touch')
    })
  })

  test('a save that failed is no touch', (context) => {
    const tick = clock(context)
    const store = new ExpiringStore()
    return visiting(shop({ store }), async (browser) => {
      await browser.post('/login')
      tick(50 * SECOND)
      store.before = async (operation) => {
        if (operation === 'set') throw new Error('full')
      }
      assert.equal((await browser.send('/count')).body, 'failed: full')
      store.before = async () => {}
      tick(10 * SECOND)
      store.takeCalls()
      await browser.send('/who')
      assert.equal(store.takeCalls(), 'get,get,touch')
    })
  })

  test('a touch that is a save in disguise brings nothing back that ended in another process', (context) => {
    const tick = clock(context)
    const here = new DisguisedStore()
    const there = new DisguisedStore(here.rows)
    const entered = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const slow: Route = async (_request, response) => {
      entered.resolve()
      await goOn.promise
      response.send('done')
    }
    return visiting(shop({ store: here }, { '/slow': slow }), (browser) =>
      visiting(shop({ store: there }), async (elsewhere) => {
        await browser.post('/login')
        tick(2 * MINUTE)
        const late = browser.sendOnly('/slow')
        await entered.promise
        for (const [name, value] of browser.jar) elsewhere.jar.set(name, value)
        await elsewhere.post('/logout')
        goOn.resolve()
        assert.equal((await late).body, 'done')
        assert.equal((await browser.send('/who')).body, 'nobody')
        assert.ok([...here.rows.values()].every(({ json }) => !json.includes('ann')))
      }),
    )
  })

  test('a touch that is under way when the session ends in this process is undone', (context) => {
    const tick = clock(context)
    const store = new DisguisedStore()
    return visiting(shop({ store }), async (browser) => {
      await browser.post('/login')
      const thief = browser.copy()
      tick(MINUTE)
      const held = hold(store, 'set')
      const late = thief.sendOnly('/who')
      await held.reached
      await browser.post('/logout')
      held.open()
      await late
      assert.equal((await thief.send('/who')).body, 'nobody')
      assert.ok([...store.rows.values()].every(({ json }) => !json.includes('ann')))
    })
  })

  test('each process touches for itself, and knows nothing of a session that ended', (context) => {
    const tick = clock(context)
    const here = new ExpiringStore()
    const there = new ExpiringStore(here.rows)
    return visiting(shop({ store: here }), (browser) =>
      visiting(shop({ store: there }), async (elsewhere) => {
        await browser.post('/login')
        for (const [name, value] of browser.jar) elsewhere.jar.set(name, value)
        here.takeCalls()
        for (const store of [here, there]) {
          await (store === here ? browser : elsewhere).send('/who')
          await (store === here ? browser : elsewhere).send('/who')
        }
        assert.deepEqual([here.takeCalls(), there.takeCalls()], ['get,get', 'get,get,touch,get'])
        tick(MINUTE)
        await browser.send('/who')
        await elsewhere.send('/who')
        assert.deepEqual([here.takeCalls(), there.takeCalls()], ['get,get,touch', 'get,get,touch'])
      }),
    )
  })

  test('a logout is one look and one write; a login, with `regenerate` or without, two of each', (context) => {
    clock(context)
    const store = new ExpiringStore()
    return visiting(shop({ store }), async (browser) => {
      const asks = async (path: string): Promise<string> => {
        await browser.post(path)
        return store.takeCalls()
      }
      assert.deepEqual([await asks('/count'), await asks('/login'), await asks('/who'), await asks('/logout')], ['set', 'get,get,set,set', 'get', 'get,set'])
      assert.deepEqual([await asks('/count'), await asks('/renew')], ['get,set', 'get,get,set,set'])
    })
  })

  test('the mark of an id that ended is removed once, after ten minutes, and none where there was none', async (context) => {
    const tick = clock(context)
    const store = new ExpiringStore()
    await visiting(shop({ store }), async (browser) => {
      const ends = async (visitor: TestBrowser): Promise<string> => {
        await visitor.post('/login')
        store.takeCalls()
        await visitor.post('/logout')
        tick(11 * MINUTE)
        return store.takeCalls()
      }
      assert.deepEqual([await ends(browser), await ends(browser.another()), await ends(browser.another())], ['get,set', 'get,destroy,set', 'get,destroy,set'])
      store.destroy('a')
      tick(11 * MINUTE)
      store.destroy('b')
      tick(11 * MINUTE)
      store.destroy('c')
      assert.equal(store.takeCalls(), 'destroy,destroy,destroy,destroy')
    })
  })

  test('the age of a cookie stays what it was while the clock goes on between two looks at it', (context) => {
    let now = BEGIN
    context.mock.method(Date, 'now', () => now++)
    const request = { sessionID: 'a' }
    const made = new session.Session(request as never, { cookie: new session.Cookie({ maxAge: 1000 }) })
    const { originalMaxAge } = made.cookie
    for (let at = 0; at < 5; at++) made.touch()
    assert.equal(made.cookie.originalMaxAge, originalMaxAge)
  })

  test('what is remembered of deadlines is bounded, and what was forgotten is touched once more', () => {
    const deadlines = new Deadlines({})
    const cookie = {}
    const isDue = (sid: string): boolean => deadlines.isDue(sid, cookie, cookie)
    const note = (from: number, to: number): void => {
      for (let at = from; at < to; at++) deadlines.note(String(at), cookie, cookie)
    }
    note(0, 50_001)
    assert.deepEqual([isDue('0'), isDue('50000'), isDue('50001')], [false, false, true])
    note(50_001, 100_001)
    assert.deepEqual([isDue('0'), isDue('50000'), isDue('100000')], [true, false, false])
    deadlines.forget('50000')
    deadlines.forget('100000')
    assert.deepEqual([isDue('50000'), isDue('100000'), isDue('99999')], [true, true, false])
  })
})

describe('what the drop-in asks of stores of ours', () => {
  test('its own memory stores a session that is read once in a tenth of its age, and a changed cookie at once', (context) => {
    const tick = clock(context)
    const store = new MemoryStore()
    return visiting(shop({ store, cookie: { maxAge: 100 * SECOND } }), async (browser) => {
      await browser.post('/login')
      const [sid] = Object.keys(store.sessions) as [string]
      const endAfter = async (path: string, after: number): Promise<number> => {
        tick(after)
        await browser.send(path)
        return Date.parse(JSON.parse(store.sessions[sid] as string).cookie.expires) - BEGIN
      }
      assert.deepEqual([await endAfter('/who', 9_999), await endAfter('/who', 1), await endAfter('/who', 1)], [100_000, 110_000, 110_000])
      assert.deepEqual([await endAfter('/path', 0), await endAfter('/age?age=1000', 0)], [110_001, 11_001])
      assert.equal(JSON.parse(store.sessions[sid] as string).cookie.path, '/app')
    })
  })

  test('its own memory stores the cookie of a session without an age where it changed, and not else', (context) => {
    clock(context)
    const store = new MemoryStore()
    return visiting(shop({ store }), async (browser) => {
      await browser.post('/login')
      const [sid] = Object.keys(store.sessions) as [string]
      Object.assign(store.sessions, { [sid]: store.sessions[sid]?.replace('"user"', '"other":1,"user"') })
      const writes: string[] = []
      store.sessions = new Proxy(store.sessions, { set: (target, key, value) => Boolean(writes.push(String(key))) && Reflect.set(target, key, value) })
      await browser.send('/who')
      assert.equal(writes.length, 0)
      await browser.send('/path')
      await browser.send(`/age?age=${DAY}`)
      assert.equal(writes.length, 2)
      assert.deepEqual(JSON.parse(store.sessions[sid] as string).cookie.expires, new Date(BEGIN + DAY).toISOString())
    })
  })

  test('a row is changed once in a tenth of the age, and where the cookie changed', (context) => {
    const tick = clock(context)
    const rows = memoryStore()
    let updates = 0
    const { update } = rows
    rows.update = (row) => {
      updates++
      return update.call(rows, row)
    }
    return visiting(shop({ store: rows, cookie: { maxAge: 100 * SECOND } }), async (browser) => {
      await browser.post('/login')
      const updatesAfter = async (path: string, after: number): Promise<number> => {
        tick(after)
        await browser.send(path)
        return updates
      }
      assert.deepEqual([await updatesAfter('/who', 9_999), await updatesAfter('/who', 1), await updatesAfter('/who', 1)], [0, 1, 1])
      assert.deepEqual([await updatesAfter('/path', 0), await updatesAfter('/who', 0), await updatesAfter('/age?age=101000', 0)], [2, 2, 3])
    })
  })
})
