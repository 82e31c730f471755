import type { SessionRow, SessionStore } from '../core/session-store.ts'
import { type ConformanceCase, equal, rejects } from './check.ts'
import type { TestClock } from './clock.ts'

/** A store under test: empty, and on the clock that the cases set. */
export interface StoreSubject {
  readonly store: SessionStore
  readonly clock: TestClock
}

const HOUR = 3_600_000
let made = 0

/** A row as the core would make it; ids differ in case alone for every other one, which a store must tell apart. */
function rowFor(clock: TestClock, fields: Partial<SessionRow> = {}): SessionRow {
  const id = `${String(++made).padStart(10, '0')}AbCdEfGhIjKl`
  return {
    id,
    userId: null,
    secretHash: 'h'.repeat(43),
    version: 1,
    expiresAt: clock.time + HOUR + 7, // No round second: a store keeps milliseconds.
    endsAt: clock.time + 12 * HOUR + 7,
    payload: '{"v":1}',
    ...fields,
  }
}

/** What every `SessionStore` must do. Give each case a subject of its own: an empty store, on a `TestClock`. */
export const storeConformance: readonly ConformanceCase<StoreSubject>[] = [
  {
    title: 'create, then find: every field comes back',
    async check({ store, clock }) {
      for (const fields of [{}, { userId: 'ann', payload: '{"v":1,"text":"ünïcode \\u0000 \'quotes\\" 🙂"}' }, { payload: 'xü🙂'.repeat(30_000) }]) {
        const row = rowFor(clock, fields)
        await store.create(row)
        equal(await store.find(row.id), row, 'the row')
      }
    },
  },
  {
    title: 'find: an unknown id is undefined',
    async check({ store }) {
      equal(await store.find('0000000000000000000000'), undefined, 'the row')
      equal(await store.find("' OR 1=1 --"), undefined, 'the row')
    },
  },
  {
    title: 'find: ids are compared byte for byte',
    async check({ store, clock }) {
      const row = rowFor(clock)
      await store.create(row)
      for (const id of [row.id.toLowerCase(), row.id.toUpperCase(), `${row.id} `, `${row.id}\0`, row.id.slice(0, -1)])
        equal(await store.find(id), undefined, `the row of ${JSON.stringify(id)}`)
    },
  },
  {
    title: 'find: many at once each find their own, whatever the others ask for',
    async check({ store, clock }) {
      const rows = Array.from({ length: 70 }, () => rowFor(clock))
      for (const row of rows) await store.create(row)
      const asked = rows.flatMap(({ id }) => [id, `${id}\0`, id.toLowerCase() === id ? 'x' : id.toLowerCase()])
      const found = await Promise.all(asked.map((id) => store.find(id)))
      equal(found.map((row) => row?.id ?? '').join(), asked.map((id, at) => (at % 3 === 0 ? id : '')).join(), 'what was found')
    },
  },
  {
    title: 'create: a taken id is refused and nothing is overwritten',
    async check({ store, clock }) {
      const row = rowFor(clock, { userId: 'ann' })
      await store.create(row)
      await rejects(store.create({ ...row, userId: 'eve', payload: '{"v":1,"evil":true}' }), 'create with a taken id')
      equal(await store.find(row.id), row, 'the row')
    },
  },
  {
    title: 'create: of twenty with one id at once, one succeeds',
    async check({ store, clock }) {
      const row = rowFor(clock)
      const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => store.create({ ...row, payload: String(n) })))
      equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1, 'how many succeeded')
    },
  },
  {
    title: 'update: writes hash, deadline and payload, and makes the version one more',
    async check({ store, clock }) {
      const row = rowFor(clock, { userId: 'ann' })
      await store.create(row)
      equal(await store.update({ ...row, secretHash: 'n'.repeat(43), expiresAt: clock.time + 2 * HOUR, payload: '{"v":1,"n":2}' }), true, 'update')
      equal(await store.find(row.id), { ...row, secretHash: 'n'.repeat(43), expiresAt: clock.time + 2 * HOUR, payload: '{"v":1,"n":2}', version: 2 }, 'the row')
    },
  },
  {
    title: 'update: never writes the user or the absolute deadline',
    async check({ store, clock }) {
      const row = rowFor(clock)
      await store.create(row)
      await store.update({ ...row, userId: 'eve', endsAt: row.endsAt * 2 })
      const found = await store.find(row.id)
      equal([found?.userId, found?.endsAt], [null, row.endsAt], 'user and absolute deadline')
      equal(await store.listByUser('eve'), [], "the other user's rows")
    },
  },
  {
    title: 'update: another version is refused and writes nothing',
    async check({ store, clock }) {
      const row = rowFor(clock)
      await store.create(row)
      equal(await store.update({ ...row, version: 2 }), false, 'update of a version to come')
      equal(await store.update(row), true, 'update')
      equal(await store.update({ ...row, payload: 'late' }), false, 'update of a past version')
      equal((await store.find(row.id))?.payload, row.payload, 'the payload')
    },
  },
  {
    title: 'update: of twenty on one version at once, one succeeds',
    async check({ store, clock }) {
      const row = rowFor(clock)
      await store.create(row)
      const outcomes = await Promise.all(Array.from({ length: 20 }, (_, n) => store.update({ ...row, payload: String(n) })))
      equal(outcomes.filter(Boolean).length, 1, 'how many succeeded')
      equal((await store.find(row.id))?.payload, String(outcomes.indexOf(true)), "the winner's payload")
    },
  },
  {
    title: 'update: never creates, nor brings back what was deleted',
    async check({ store, clock }) {
      const row = rowFor(clock, { userId: 'ann' })
      equal(await store.update(row), false, 'update of an unknown row')
      await store.create(row)
      await store.delete(row.id)
      equal(await store.update(row), false, 'update of a deleted row')
      equal(await store.find(row.id), undefined, 'the row')
      equal(await store.listByUser('ann'), [], "the user's rows")
    },
  },
  {
    title: 'delete: true for exactly one of twenty callers',
    async check({ store, clock }) {
      const row = rowFor(clock)
      await store.create(row)
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => store.delete(row.id)))
      equal(outcomes.filter(Boolean).length, 1, 'how many were told true')
      equal(await store.delete('0000000000000000000000'), false, 'delete of an unknown row')
    },
  },
  {
    title: 'an expired row is absent to every operation',
    async check({ store, clock }) {
      const row = rowFor(clock, { userId: 'ann' })
      await store.create(row)
      clock.time = row.expiresAt - 1
      equal((await store.find(row.id))?.id, row.id, 'the row a millisecond before its deadline')
      clock.time = row.expiresAt
      equal(await store.update({ ...row, expiresAt: clock.time + HOUR }), false, 'update')
      equal(await store.find(row.id), undefined, 'find')
      equal(await store.listByUser('ann'), [], 'listByUser')
      equal(await store.delete(row.id), false, 'delete')
    },
  },
  {
    title: 'what has expired by the clock of one process is removed all the same: by the clock of another it may live',
    async check({ store, clock }) {
      const now = clock.time
      for (const remove of [(row: SessionRow) => store.delete(row.id), () => store.deleteByUser('ann')]) {
        const row = rowFor(clock, { userId: 'ann' })
        await store.create(row)
        clock.time = row.expiresAt
        await remove(row)
        clock.time = now
        equal(await store.find(row.id), undefined, 'the row by the other clock')
        equal(await store.listByUser('ann'), [], "the user's rows by the other clock")
      }
    },
  },
  {
    title: 'update: a deadline that moved is the one that counts',
    async check({ store, clock }) {
      const row = rowFor(clock)
      await store.create(row)
      await store.update({ ...row, expiresAt: row.expiresAt + HOUR })
      clock.time = row.expiresAt + 1
      equal((await store.find(row.id))?.version, 2, 'the version after the first deadline')
      clock.time = row.expiresAt + HOUR
      equal(await store.find(row.id), undefined, 'the row after the second')
    },
  },
  {
    title: 'update: a deadline may come earlier too',
    async check({ store, clock }) {
      const row = rowFor(clock)
      await store.create(row)
      await store.update({ ...row, expiresAt: clock.time + 1000 })
      clock.time += 999
      equal((await store.find(row.id))?.version, 2, 'the version before it')
      clock.time += 1
      equal(await store.find(row.id), undefined, 'the row when it has come')
    },
  },
  {
    title: "listByUser: a user's rows and nobody else's; anonymous rows belong to nobody",
    async check({ store, clock }) {
      const mine = [rowFor(clock, { userId: 'ann' }), rowFor(clock, { userId: 'ann' })]
      for (const row of [...mine, rowFor(clock, { userId: 'Ann' }), rowFor(clock, { userId: 'ann ' }), rowFor(clock)]) await store.create(row)
      equal(byId(await store.listByUser('ann')), byId(mine), 'the rows')
      equal(await store.listByUser('null'), [], "the rows of a user called 'null'")
    },
  },
  {
    title: "listByUser: a user's id of 255 bytes is kept whole and compared byte for byte",
    async check({ store, clock }) {
      const long = 'ü'.repeat(127)
      const ids = [`${long}a`, `${long}b`, long, `${long}A`, `${long.slice(0, -1)}u\u0308`]
      for (const userId of ids) await store.create(rowFor(clock, { userId }))
      for (const userId of ids) {
        equal(
          (await store.listByUser(userId)).map((row) => row.userId),
          [userId],
          'the user of the rows',
        )
        equal(await store.deleteByUser(userId), 1, 'how many')
      }
    },
  },
  {
    title: 'listByUser: tells a tombstone by its empty hash',
    async check({ store, clock }) {
      const row = rowFor(clock, { userId: 'ann' })
      await store.create(row)
      await store.update({ ...row, secretHash: '', payload: '{"v":1,"t":1}' })
      equal(await store.listByUser('ann'), [{ ...row, secretHash: '', payload: '{"v":1,"t":1}', version: 2 }], 'the rows')
    },
  },
  {
    title: 'deleteByUser: all of a user, or all but one',
    async check({ store, clock }) {
      const rows = Array.from({ length: 5 }, () => rowFor(clock, { userId: 'ann' }))
      const others = [rowFor(clock, { userId: 'bob' }), rowFor(clock)]
      for (const row of [...rows, ...others]) await store.create(row)
      const [kept] = rows as [SessionRow]
      await store.update({ ...(rows[1] as SessionRow), secretHash: '' })
      equal(await store.deleteByUser('ann', kept.id), 4, 'how many but for one, a tombstone among them')
      equal(await store.listByUser('ann'), [kept], 'what is left')
      equal(await store.deleteByUser('ann'), 1, 'how many')
      equal(await store.deleteByUser('ann'), 0, 'how many the second time')
      for (const row of others) equal(await store.find(row.id), row, "another's row")
      equal(await store.deleteByUser('bob', kept.id), 1, "how many but for one of somebody else's")
    },
  },
  {
    title: 'listByUser and deleteByUser: as many rows as a user has',
    async check({ store, clock }) {
      const rows = Array.from({ length: 250 }, () => rowFor(clock, { userId: 'ann' }))
      await Promise.all(rows.map((row) => store.create(row)))
      equal((await store.listByUser('ann')).length, 250, 'how many are listed')
      equal(await store.deleteByUser('ann'), 250, 'how many are removed')
      equal(await store.listByUser('ann'), [], 'what is left')
    },
  },
  {
    title: 'deleteByUser: a row whose create was answered before is never missed',
    async check({ store, clock }) {
      for (let round = 0; round < 20; round++) {
        const rows = Array.from({ length: 3 }, () => rowFor(clock, { userId: 'ann' }))
        await Promise.all(rows.map((row) => store.create(row)))
        const [first] = rows as [SessionRow]
        await Promise.all([store.update(first), store.deleteByUser('ann')])
        equal(await store.listByUser('ann'), [], 'what is left')
      }
    },
  },
  {
    title: 'deleteAll: every row, the anonymous ones too',
    async check({ store, clock }) {
      const rows = [rowFor(clock), rowFor(clock, { userId: 'ann' }), rowFor(clock, { userId: 'bob' })]
      for (const row of rows) await store.create(row)
      equal(await store.deleteAll(), 3, 'how many')
      for (const row of rows) equal(await store.find(row.id), undefined, 'the row')
      equal(await store.listByUser('ann'), [], "a user's rows")
    },
  },
  {
    title: 'deleteExpired: what has expired and nothing else',
    async check({ store, clock }) {
      const short = Array.from({ length: 3 }, () => rowFor(clock, { userId: 'ann' }))
      const long = rowFor(clock, { userId: 'ann', expiresAt: clock.time + 3 * HOUR })
      for (const row of [...short, long]) await store.create(row)
      clock.advance(2 * HOUR)
      const count = await store.deleteExpired()
      equal(count === 3 || count === 0, true, 'whether it counts three, or leaves it to the engine')
      equal(await store.listByUser('ann'), [long], 'what is left')
    },
  },
  {
    title: 'what a store was given or gives belongs to the caller: changing it changes nothing in the store',
    async check({ store, clock }) {
      const row = rowFor(clock, { userId: 'ann' })
      const before = { ...row }
      await store.create(row)
      const [listed] = await store.listByUser('ann')
      for (const copy of [row, await store.find(row.id), listed]) Reflect.set(copy as object, 'payload', 'changed')
      equal(await store.find(row.id), before, 'the row')
    },
  },
]

const byId = (rows: readonly SessionRow[]): SessionRow[] => [...rows].sort((left, right) => (left.id < right.id ? -1 : 1))
