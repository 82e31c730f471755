import { after, describe, test } from 'node:test'
import { storeConformance, TestClock } from 'instar/testing'
import { type Driver, openStore } from './drivers.ts'
import { MISSING, serversFor } from './servers.ts'

/** Runs the published suite on each of these drivers, every case in a place of its own. */
export async function conformanceOn(drivers: readonly Driver[]): Promise<void> {
  const servers = await serversFor(drivers)
  after(() => servers.stop())
  for (const driver of drivers) {
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
}
