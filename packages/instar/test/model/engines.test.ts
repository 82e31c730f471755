import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Driver } from '../engines/drivers.ts'
import { MISSING, serversFor } from '../engines/servers.ts'
import { playModel } from './commands.ts'
import { inTwoProcesses } from './engine-stage.ts'

const DRIVERS: readonly Driver[] = ['node:sqlite', 'pg', 'mysql2', 'node-redis', 'ioredis Cluster']
const RUNS = 25

const servers = await serversFor(DRIVERS)
after(() => servers.stop())

for (const driver of DRIVERS) {
  const place = servers.place(driver)
  test(`${RUNS} random histories in two processes on ${driver}: nobody is who they may not be`, { skip: place ? false : MISSING }, async (t) => {
    if (!place) return
    const seed = Number(process.env['INSTAR_SEED'] ?? Date.now() % 1_000_000)
    const stage = await inTwoProcesses(place)
    t.after(() => stage.close())
    const { commands, violation } = await playModel(RUNS, seed, [stage])
    t.diagnostic(`seed ${seed}, commands ${commands}`)
    assert.equal(violation, undefined, violation)
  })
}
