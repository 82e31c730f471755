import { TestClock } from 'instar/testing'
import { type Driver, openStore, type Place } from '../engines/drivers.ts'
import { RemoteProcess } from './remote-process.ts'
import type { Stage } from './stages.ts'

export const MODEL_DRIVERS: readonly Driver[] = ['node:sqlite', 'pg', 'postgres.js', 'mysql2', 'node-redis', 'ioredis', 'node-redis Cluster', 'ioredis Cluster']

/** Longer than anything of a history lives, a user's index in Redis included. */
const BETWEEN_HISTORIES = 2 * 24 * 60 * 60_000

/** Two real processes on an engine, each with its own connection. The same ones play all histories, on the same tables, emptied each time. */
export async function inTwoProcesses(place: Place): Promise<Stage> {
  const clock = new TestClock()
  const { store, close } = await openStore(place, clock.now)
  const processes = [new RemoteProcess(place), new RemoteProcess(place)] as const
  return {
    name: place.driver,
    async setUp(options) {
      clock.advance(BETWEEN_HISTORIES)
      await Promise.all([store.deleteAll(), ...processes.map((each) => each.reset(options))])
      return { clock, store, processes }
    },
    async close() {
      await Promise.all([close(), ...processes.map((each) => each.kill())])
    },
  }
}
