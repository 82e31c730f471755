import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { TestClock } from 'instar/testing'
import { MISSING, serversFor } from './servers.ts'
import { fillTable, planOf, type Step } from './statements-plans.ts'
import { openWatched, WATCHED } from './statements-watched.ts'

/** PostgreSQL rather reads a table whole than look up a batch of 100 ids, for as long as that costs less; by then it no longer does. */
const ROWS = { 'node:sqlite': 20_000, pg: 100_000, mysql2: 20_000 }

/** The index by which each statement is to find its rows: with another one it may well read a part of the table that grows with it. */
const INDEXES: readonly (readonly [statement: RegExp, index: RegExp])[] = [
  [/WHERE id = /, /PRIMARY|_pkey/],
  [/WHERE user_id = /, /_user\b/],
  [/ORDER BY expires_at/, /_expiry\b/],
  [/WHERE id IN/, /PRIMARY|_pkey/],
]

/** How much of the table has expired: nothing, what a purge finds that is run often, and what one finds that comes after long. */
const SHARES = [0, 0.001, 0.5]

const servers = await serversFor(WATCHED)
after(() => servers.stop())

for (const driver of WATCHED) {
  const place = servers.place(driver)
  test(`no statement scans the table, whatever part of its rows has expired (${driver})`, { skip: place ? false : MISSING }, async () => {
    if (!place) return
    const rows = ROWS[driver]
    const clock = new TestClock()
    const start = clock.time
    const plans = new Map<string, Promise<readonly Step[]>>()
    const { store, ask, close } = await openWatched(place, clock.now, async (sql, values) => {
      const shape = `${(clock.time - start) / rows} expired: ${sql.replace(/^SELECT .* FROM/, 'SELECT … FROM').replace(/IN \(.*\)/, 'IN (…)')}`
      if (values.length === 0 || sql.startsWith('INSERT') || plans.has(shape)) return
      plans.set(shape, planOf[driver](ask, sql, values))
      await plans.get(shape)
    })
    try {
      await fillTable(driver, ask, place.name, rows, start)
      for (const share of SHARES) {
        clock.time = start + share * rows
        const live = await ask(`SELECT id, user_id FROM ${place.name} WHERE expires_at > ${clock.time} AND user_id IS NOT NULL LIMIT 3`)
        const row = await store.find(String(live[0]?.['id']))
        assert.ok(row)
        const others = live.find((found) => String(found['user_id']) !== row.userId)
        assert.equal(await store.update(row), true)
        assert.ok((await store.listByUser(String(row.userId))).length > 0)
        assert.ok((await store.deleteByUser(String(row.userId))) > 0)
        assert.equal(await store.delete(String(others?.['id'])), true)
        await store.deleteExpired()
      }
      for (const [shape, plan] of plans) {
        const steps = await plan
        const index = INDEXES.find(([statement]) => statement.test(shape))?.[1]
        assert.ok(index)
        assert.deepEqual(
          steps.filter(({ isScan }) => isScan),
          [],
          shape,
        )
        assert.match(steps.map(({ words }) => words).join('\n'), index, shape)
      }
      // All seven statements in each share, but for the batch of a purge that finds nothing.
      assert.equal(plans.size, 7 * SHARES.length - 1)
    } finally {
      await close()
    }
  })
}
