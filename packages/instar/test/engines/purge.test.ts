import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { SessionManager, type SessionStore } from 'instar'
import { TestClock } from 'instar/testing'
import { MISSING, serversFor } from './servers.ts'
import { personOf } from './statements-kinds.ts'
import { fillTable } from './statements-plans.ts'
import { openWatched, WATCHED, type Watch, type Watched, type WatchedStore } from './statements-watched.ts'

const EXPIRED = 350
const LIVE = 300
const BATCHES = 4 // of 100 rows, the last of 50

const servers = await serversFor(WATCHED)
after(() => servers.stop())

/** A table of rows of which some have expired, the last of them at this very millisecond. */
interface Scene {
  readonly clock: TestClock
  /** A store on connections of its own, whose clock may be behind. */
  open(watch?: Watch, behind?: number): Promise<SessionStore>
  /** When the rows that were there at first expire, of those that are left. */
  left(): Promise<readonly number[]>
  readonly live: readonly number[]
}

async function inScene(driver: Watched, steps: (scene: Scene) => Promise<void>): Promise<void> {
  const place = servers.place(driver)
  if (!place) throw new Error(MISSING)
  const clock = new TestClock()
  const opened: WatchedStore[] = []
  const open = async (watch?: Watch, behind = 0): Promise<WatchedStore> => {
    const store = await openWatched(place, () => clock.time - behind, watch)
    opened.push(store)
    return store
  }
  try {
    const { ask } = await open()
    await fillTable(driver, ask, place.name, EXPIRED + LIVE, clock.time)
    clock.advance(EXPIRED)
    await steps({
      clock,
      open: async (watch, behind) => (await open(watch, behind)).store,
      async left() {
        const rows = await ask(`SELECT expires_at FROM ${place.name} WHERE secret_hash = 'h' ORDER BY expires_at`)
        return rows.map((row) => Number(row['expires_at']))
      },
      live: Array.from({ length: LIVE }, (_, n) => clock.time + 1 + n),
    })
  } finally {
    await Promise.all(opened.map(({ close }) => close()))
  }
}

const isBatch = (sql: string): boolean => /^DELETE .* IN \(/.test(sql)

for (const driver of WATCHED) {
  describe(`purge on ${driver}`, { skip: servers.place(driver) ? false : MISSING }, () => {
    test(`it removes in batches exactly what has expired (${driver})`, () =>
      inScene(driver, async ({ open, left, live }) => {
        let batches = 0
        const store = await open((sql) => {
          if (isBatch(sql)) batches++
        })
        assert.equal(await store.deleteExpired(), EXPIRED)
        assert.deepEqual(await left(), live)
        assert.equal(batches, BATCHES)
        assert.equal(await store.deleteExpired(), 0)
      }))

    test(`of two that have found the same rows each row is removed by one, and none fails (${driver})`, () =>
      inScene(driver, async ({ open, left, live }) => {
        const { arrive, leave } = meeting(2)
        const stores = await Promise.all([1, 2].map(() => open((sql) => (isBatch(sql) ? arrive() : undefined))))
        const counts = await Promise.all(stores.map((store) => store.deleteExpired().finally(leave)))
        assert.equal(
          counts.reduce((sum, count) => sum + count),
          EXPIRED,
        )
        assert.deepEqual(await left(), live)
      }))

    test(`what is done after it has found a batch and before it removes it succeeds and stays (${driver})`, () =>
      inScene(driver, async ({ clock, open, left, live }) => {
        const sessions = new SessionManager<{ [key: string]: string }>({ store: await open(), now: clock.now })
        const slow = await open(undefined, 60_000)
        const regular = personOf(sessions, 'regular')
        await regular((session) => session.login('regular'))
        const people: ReturnType<typeof personOf>[] = []
        const done: Promise<unknown>[] = []

        const purging = await open(async (sql, values) => {
          if (!isBatch(sql)) return
          const newcomer = personOf(sessions, `newcomer ${people.length}`)
          const key = `batch ${people.push(newcomer)}`
          // To a process whose clock is behind the row lives, and is used.
          const deadlines = { expiresAt: clock.time + 1000, endsAt: clock.time + 1000 }
          const used = { id: String(values[0]), userId: null, secretHash: 'used', version: 1, ...deadlines, payload: '' }
          done.push(
            slow.update(used).then((wasLive) => assert.ok(wasLive)),
            newcomer((session, userId) => session.login(userId)),
            regular((session) => session.set(key, 'written')),
          )
          await Promise.all(done)
        })
        assert.equal(await purging.deleteExpired(), EXPIRED - BATCHES)
        await Promise.all(done)

        assert.deepEqual(await left(), live)
        assert.equal(people.length, BATCHES)
        for (const person of people) await person((session, userId) => assert.equal(session.userId, userId))
        await regular((session) => assert.ok(people.every((_, n) => session.get(`batch ${n + 1}`) === 'written')))
      }))
  })
}

/** Where some wait for each other, those excepted who have left. */
function meeting(parties: number): { arrive(): Promise<void>; leave(): void } {
  let waiting: (() => void)[] = []
  const check = (): void => {
    if (waiting.length < parties) return
    for (const go of waiting) go()
    waiting = []
  }
  return {
    arrive: () =>
      new Promise((resolve) => {
        waiting.push(resolve)
        check()
      }),
    leave() {
      parties--
      check()
    },
  }
}
