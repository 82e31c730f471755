import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { leftOut } from '../../examples/full-stack/support.ts'
import { isBare, SUBJECTS } from './catalogue.ts'
import { counted } from './counting.ts'
import { QUICK } from './effort.ts'
import { type Homes, makeHomes } from './homes.ts'
import { lostUpdates } from './lost-updates.ts'
import { micro } from './micro.ts'
import { PEERS_EXTRA } from './peers.ts'
import { isAvailable, Places } from './places.ts'
import { startFor } from './starting.ts'
import { timed } from './timing.ts'
import { WORKS } from './works/index.ts'
import type { WorkName } from './works/work.ts'

const AT_ONCE = 20

/** What may be lost of increments that overlap: nothing where writes are merged, or where all requests share one object in the process. */
const LOSES_NONE = (library: string): boolean => library === 'instar' || library === 'hono-sessions'

/** What each request costs the engine; all others have no engine that counts. */
const COMMANDS: { readonly [subject: string]: { readonly [work in WorkName]?: { readonly [command: string]: number } } } = {
  'instar, Redis (Express)': { anonymous: {} },
  'instar, SQLite (Express)': { read: { statements: 1 }, anonymous: { statements: 0 }, 'dead cookie': { statements: 1 }, write: { statements: 2 } },
  'express-session, Redis (Express)': { read: { GET: 1, EXPIRE: 1 }, anonymous: {}, 'dead cookie': { GET: 1 } },
}

describe('every subject', { skip: leftOut(PEERS_EXTRA) }, () => {
  const subjects = SUBJECTS.filter(isAvailable)
  let homes: Homes
  let places: Places
  before(async () => {
    homes = await makeHomes()
    places = await Places.open(subjects, true)
  })
  after(async () => {
    await places?.close()
    homes?.remove()
  })

  for (const subject of SUBJECTS) {
    test(`answers everything rightly: ${subject.name}`, { skip: isAvailable(subject) ? false : 'its engine is not installed' }, async () => {
      const contender = await startFor(WORKS, subject, homes, places, { isCounted: true, atOnce: QUICK.atOnce, batch: QUICK.batch })
      try {
        for (const work of WORKS.filter(({ name }) => subject.cannot[name] === undefined)) {
          const { commands } = await contender.explained(work.name, () => counted(contender, work, places, QUICK))
          const expected = COMMANDS[subject.name]?.[work.name]
          if (expected) assert.deepEqual(commands, expected, work.name)
          // Finds of one tick share a statement.
          if (subject.name === 'instar, PostgreSQL (Express)' && work.name === 'read')
            assert.ok((commands?.['SELECT'] ?? 1) <= 1 && Object.keys(commands ?? {}).every((name) => name === 'SELECT'))
          if (subject.name === 'instar, Redis (Express)' && ['read', 'dead cookie'].includes(work.name)) {
            const { '(HMGET)': looks, ...scripts } = commands ?? {}
            assert.ok(looks !== undefined && looks > 0 && looks <= 1, 'who asks for the same row in one turn is told together')
            assert.ok(Object.values(scripts).reduce((sum, count) => sum + count, 0) <= 1 && Object.keys(scripts).every((name) => name.startsWith('EVAL')))
          }
          const [windows = []] = (await timed(work, [contender], places, QUICK.timing(work.name))).values()
          assert.ok(windows.length === 1 && windows.every(({ cpu, throughput }) => cpu > 0 && throughput > 0), work.name)
        }
        if (isBare(subject) || subject.cannot.write !== undefined) return
        assert.equal(await contender.explained('parallel writes', () => lostUpdates(contender, AT_ONCE)), LOSES_NONE(subject.library ?? '') ? 0 : AT_ONCE - 1)
      } finally {
        await contender.stop()
      }
    })
  }

  test('without a cookie no store is asked, with a dead one it is asked once; a login is two operations and a logout is one', async () => {
    const { paths, changes } = await micro(homes.originals, 1)
    assert.deepEqual([paths['no cookie']?.storeCalls, paths['dead cookie']?.storeCalls], [{}, { find: 1 }])
    assert.deepEqual(changes, { login: { create: 1, update: 1 }, logout: { update: 1 } })
    assert.ok((paths['no cookie']?.microseconds ?? 0) > 0)
  })
})
