import assert from 'node:assert/strict'
import { type Attack, type AttackServer, type AttackSite, handleOf, Person } from './attack-site.ts'

const MINUTE = 60_000
const IDLE = 30 * MINUTE
const ABSOLUTE = 12 * 60 * MINUTE

/** By how much the clock of the second process differs. */
const DIFFERENCES: { readonly [words: string]: number } = { ahead: 5 * MINUTE, behind: -5 * MINUTE }

const lists = (site: AttackSite, user: string): Promise<number[]> => Promise.all(site.both.map(async (server) => (await server.ask('list', user)).length))

/** A login at a process, and its first use there. */
async function loggedIn(site: AttackSite, server: AttackServer): Promise<{ victim: Person; user: string }> {
  const victim = new Person()
  const user = site.user()
  await victim.post(server, `/login?user=${user}`)
  assert.equal(await victim.read(server, '/who'), user)
  return { victim, user }
}

function skewed(words: string, difference: number): readonly Attack[] {
  return [
    {
      title: `a session made at either process is valid at both, whose clocks differ by five minutes (${words})`,
      async attack(site) {
        await site.advance(0, difference)
        for (const server of site.both) {
          const { victim, user } = await loggedIn(site, server)
          await victim.post(server, '/elevate')
          for (const reader of site.both.toReversed()) assert.deepEqual([await victim.read(reader, '/who'), await victim.read(reader, '/level')], [user, 2])
          assert.deepEqual(await lists(site, user), [1, 1])
        }
      },
    },
    {
      title: `a session that nobody uses ends at each process by its own clock: five minutes ${words === 'ahead' ? 'early' : 'late'} at the one that is five minutes ${words}`,
      async attack(site) {
        await site.advance(0, difference)
        const { user } = await loggedIn(site, site.one)
        await assertEnds(site, user, [IDLE, IDLE - difference], difference, 0)
      },
    },
    {
      title: `no use at either process moves the absolute deadline: it ends by each one's own clock, five minutes ${words === 'ahead' ? 'early' : 'late'} at the one that is ${words}`,
      async attack(site) {
        await site.advance(0, difference)
        const { victim, user } = await loggedIn(site, site.one)
        const begun = site.clock.time
        for (let passed = 0; passed < ABSOLUTE - 30 * MINUTE; passed += 20 * MINUTE) {
          for (const server of site.both) assert.equal(await victim.read(server, '/who'), user)
          await site.advance(20 * MINUTE, difference)
        }
        for (const server of site.both) assert.equal(await victim.read(server, '/who'), user)
        await assertEnds(site, user, [ABSOLUTE, ABSOLUTE - difference], difference, site.clock.time - begun)
      },
    },
    {
      title: `a logout at either process ends the session at both, and no slow request at the other brings it back (${words})`,
      async attack(site) {
        await site.advance(0, difference)
        for (const [slowAt, endAt] of [site.both, site.both.toReversed() as [AttackServer, AttackServer]]) {
          const { victim, user } = await loggedIn(site, slowAt)
          const copy = victim.copy()
          const gate = await slowAt.holdHandlers()
          const slow = copy.sendOnly(slowAt, '/set?held&key=cart&value=late')
          await gate.reached()
          await victim.post(endAt, '/logout')
          await gate.open()
          const { status, setCookie } = await slow
          assert.deepEqual([status, setCookie], [409, []])
          for (const minutes of [0, 4, 12, 20]) {
            await site.advance(minutes * MINUTE, difference)
            for (const server of site.both) assert.equal(await copy.read(server, '/who'), null)
            assert.deepEqual(await lists(site, user), [0, 0])
          }
        }
      },
    },
    {
      title: `a login at the process that is ${words} is listed, revoked and ended with all others from the other, and the reverse`,
      async attack(site) {
        await site.advance(0, difference)
        for (const [madeAt, endAt] of [site.both, site.both.toReversed() as [AttackServer, AttackServer]]) {
          const { victim, user } = await loggedIn(site, madeAt)
          const [info] = await endAt.ask('list', user)
          assert.equal(info?.handle, handleOf(victim))
          assert.equal(await endAt.ask('revoke', user, handleOf(victim)), true)
          assert.deepEqual([await victim.read(madeAt, '/who'), await victim.read(endAt, '/who')], [null, null])
          for (const again of [madeAt, endAt]) await victim.post(again, `/login?user=${user}`)
          const other = new Person()
          await other.post(madeAt, `/login?user=${user}`)
          assert.equal(await endAt.ask('revokeAll', user), 2)
          for (const person of [victim, other]) assert.deepEqual([await person.read(madeAt, '/who'), await person.read(endAt, '/who')], [null, null])
        }
      },
    },
  ]
}

/** Asserts that a user's session is listed at each process until its own end and no longer: milliseconds after the login, of which some are over already. */
async function assertEnds(site: AttackSite, user: string, ends: readonly number[], difference: number, over: number): Promise<void> {
  let passed = over
  for (const end of [...ends].sort((left, right) => left - right)) {
    for (const moment of [end - 1, end]) {
      await site.advance(moment - passed, difference)
      passed = moment
      assert.deepEqual(
        await lists(site, user),
        ends.map((each) => (moment < each ? 1 : 0)),
      )
    }
  }
}

/** Two processes whose clocks differ: each goes by its own, and what one ends stays ended at the other. */
export const clocks: readonly Attack[] = [
  ...Object.entries(DIFFERENCES).flatMap(([words, difference]) => skewed(words, difference)),
  {
    title: "a login at the process that is ahead leaves the other's session of that user in the index, to be listed and ended in its last minute",
    on: (driver) => /redis/.test(driver),
    async attack(site) {
      const difference = 5 * MINUTE
      await site.advance(0, difference)
      const { victim, user } = await loggedIn(site, site.one)
      for (let passed = 0; passed < ABSOLUTE - 20 * MINUTE; passed += 20 * MINUTE) {
        await site.advance(20 * MINUTE, difference)
        assert.equal(await victim.read(site.one, '/who'), user)
      }
      await site.advance(19 * MINUTE, difference) // Not later: the engine lets rows go by real time, in which the test takes a while.
      const other = new Person()
      await other.post(site.two, `/login?user=${user}`)
      assert.deepEqual((await site.one.ask('list', user)).map(({ handle }) => handle).sort(), [handleOf(victim), handleOf(other)].sort())
      assert.equal(await victim.read(site.one, '/who'), user)
      assert.equal(await site.one.ask('revokeAll', user), 2)
      for (const person of [victim, other]) for (const server of site.both) assert.equal(await person.read(server, '/who'), null)
    },
  },
  {
    title: 'all sessions of a user are ended from the process that is ahead, the one that it takes for ended already too',
    async attack(site) {
      await site.advance(0, 5 * MINUTE)
      const { victim, user } = await loggedIn(site, site.one)
      await site.advance(IDLE - 4 * MINUTE, 5 * MINUTE)
      assert.equal(await victim.read(site.two, '/who'), null)
      await site.two.ask('revokeAll', user)
      assert.equal(await victim.read(site.one, '/who'), null)
    },
  },
  {
    title: 'a logout at the process that is ahead, answered after its clock passed the idle deadline, ends the session at the other too',
    async attack(site) {
      await site.advance(0, 5 * MINUTE)
      const { victim } = await loggedIn(site, site.one)
      const copy = victim.copy()
      await site.advance(IDLE - 5 * MINUTE - 1, 5 * MINUTE)
      const gate = await site.two.holdHandlers()
      const logout = victim.sendOnly(site.two, '/logout?held')
      await gate.reached()
      await site.advance(1, 5 * MINUTE)
      await gate.open()
      assert.equal((await logout).status, 200)
      assert.equal(await copy.read(site.one, '/who'), null)
    },
  },
]
