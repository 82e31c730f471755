import { after, before, describe, test } from 'node:test'
import { clocks } from './attack-clocks.ts'
import { elevations } from './attack-elevations.ts'
import { logins } from './attack-logins.ts'
import { resurrection } from './attack-resurrection.ts'
import { type Attack, AttackSite } from './attack-site.ts'
import { writes } from './attack-writes.ts'
import type { Driver } from './drivers.ts'
import { MISSING, serversFor } from './servers.ts'

const DRIVERS: readonly Driver[] = ['node:sqlite', 'pg', 'postgres.js', 'mysql2', 'node-redis', 'ioredis', 'node-redis Cluster', 'ioredis Cluster']
const ATTACKS: readonly Attack[] = [...resurrection, ...writes, ...logins, ...elevations, ...clocks]

const servers = await serversFor(DRIVERS)
after(() => servers.stop())

for (const driver of DRIVERS) {
  const place = servers.place(driver)
  describe(`two processes on ${driver}`, { skip: place ? false : MISSING }, () => {
    let site: AttackSite
    before(async () => {
      if (place) site = await AttackSite.start(place)
    })
    after(() => site?.stop())

    for (const { title, on, todo = false, attack } of ATTACKS) {
      if (on?.(driver) === false) continue
      test(`${title} (${driver})`, { todo }, async () => {
        await site.reset()
        await attack(site)
      })
    }
  })
}
