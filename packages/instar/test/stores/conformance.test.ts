import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, test } from 'node:test'
import Database from 'better-sqlite3'
import { memoryStore } from 'instar/stores/memory'
import { sqliteStore } from 'instar/stores/sqlite'
import { type StoreSubject, storeConformance, TestClock } from 'instar/testing'

const folder = mkdtempSync(join(tmpdir(), 'instar-stores-'))
after(() => rmSync(folder, { recursive: true }))
let files = 0
const nextFile = (): string => join(folder, `${++files}.db`)

const stores: Record<string, (now: () => number) => StoreSubject['store']> = {
  memory: (now) => memoryStore({ now }),
  'node:sqlite': (now) => sqliteStore(new DatabaseSync(nextFile()), { now }),
  'better-sqlite3': (now) => sqliteStore(new Database(nextFile()), { now }),
}

for (const [name, open] of Object.entries(stores)) {
  describe(`store ${name}`, () => {
    for (const { title, check } of storeConformance) {
      test(title, async () => {
        const clock = new TestClock()
        await check({ store: open(clock.now), clock })
      })
    }
  })
}
