import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { gatedStore } from 'instar/testing'
import { MISSING } from './servers.ts'
import { hourOfReads, KINDS, prepared } from './statements-kinds.ts'
import { COUNTED, openSubject } from './statements-subjects.ts'

for (const driver of COUNTED) {
  const subject = await openSubject(driver)
  after(() => subject?.close())

  describe(`statements of a request on ${driver}`, { skip: subject ? false : MISSING }, async () => {
    if (!subject) return
    const { clock, counter, versions } = subject
    const store = gatedStore(subject.store)
    const isRedis = versions[0].startsWith('Redis')

    for (const kind of KINDS) {
      test(`${kind.title} (${driver})`, async () => {
        await (await prepared(kind, store, clock))() // Connections are made, scripts are loaded, statements are prepared.
        const request = await prepared(kind, store, clock)
        store.operations.length = 0
        const counts = await counter.count(request)
        assert.deepEqual(counts, isRedis ? kind.redis : kind.sql)
        assert.deepEqual(store.operations, kind.operations)
      })
    }

    test(`an hour of a request a minute is noted once in each tenth of the idle time (${driver})`, async () => {
      const { reads, minutesOfWrites } = await hourOfReads(store, clock, counter.count)
      assert.equal(reads, 60)
      assert.deepEqual(
        minutesOfWrites,
        Array.from({ length: 20 }, (_, n) => 1 + 3 * n),
      )
    })
  })
}
