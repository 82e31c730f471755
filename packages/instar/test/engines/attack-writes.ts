import assert from 'node:assert/strict'
import { type Attack, Person } from './attack-site.ts'

const REQUESTS = 50

function everyWrite(who: string, begin: (user: string) => string): Attack {
  return {
    title: `100 parallel increments and 100 different keys of ${who}, half of them at each process, all of which have read before the first writes: nothing is lost`,
    async attack(site) {
      const person = new Person()
      await person.post(site.one, begin(site.user()))
      const gates = await Promise.all(site.both.map((server) => server.holdHandlers(REQUESTS)))
      const writes = site.both.flatMap((server, at) =>
        Array.from({ length: REQUESTS }, (_, n) => person.sendOnly(server, `/count?held&key=key${at * REQUESTS + n}`)),
      )
      await Promise.all(gates.map((gate) => gate.reached()))
      await Promise.all(gates.map((gate) => gate.open()))
      const statuses = await Promise.all(writes.map(async (write) => (await write).status))
      assert.deepEqual(new Set(statuses), new Set([200]))
      for (const server of site.both) assert.equal(await person.read(server, '/get?key=n'), 2 * REQUESTS)
      const keys = Array.from({ length: 2 * REQUESTS }, (_, n) => person.read(site.both[n % 2] as typeof site.one, `/get?key=key${n}`))
      assert.deepEqual(new Set(await Promise.all(keys)), new Set([true]))
    },
  }
}

/** Writes to one session at both processes. */
export const writes: readonly Attack[] = [everyWrite('a login', (user) => `/login?user=${user}`), everyWrite('a visitor', () => '/set?key=cart&value=tea')]
