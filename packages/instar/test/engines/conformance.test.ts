import { after, describe, test } from 'node:test'
import { storeConformance, TestClock } from 'instar/testing'
import { type Driver, openStore } from './drivers.ts'
import { MISSING, serversFor } from './servers.ts'

const DRIVERS: readonly Driver[] = [
  'pg',
  'pg Client',
  'postgres.js',
  'PGlite',
  'mysql2',
  'node-redis',
  'ioredis',
  'node-redis Cluster',
  'ioredis Cluster',
  'node-redis Sentinel',
  'ioredis Sentinel',
]

const servers = await serversFor(DRIVERS)
after(() => servers.stop())

for (const driver of DRIVERS) {
  describe(`store on ${driver}`, { skip: servers.place(driver) ? false : MISSING }, () => {
    for (const { title, check } of storeConformance) {
      test(`${title} (${driver})`, async () => {
        const clock = new TestClock()
        const place = servers.place(driver)
        if (!place) throw new Error(MISSING)
        const { store, close } = await openStore(place, clock.now)
        try {
          await check({ store, clock })
        } finally {
          await close()
        }
      })
    }
  })
}
