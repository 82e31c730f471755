import assert from 'node:assert/strict'
import type { Received } from 'instar/testing'
import { type Attack, type AttackSite, Person, type RemoteGate } from './attack-site.ts'

async function loggedIn(site: AttackSite): Promise<{ victim: Person; user: string }> {
  const victim = new Person()
  const user = site.user()
  await victim.post(site.one, `/login?user=${user}`)
  return { victim, user }
}

const withAnswer = (person: Person, received: Received): Person => {
  const browser = person.copy()
  browser.keep(received)
  return browser
}

function logoutAgainst(when: 'before' | 'after'): Attack {
  return {
    title: `a logout at one process wins over an elevation whose write is on its way at the other (${when} the store has it)`,
    async attack(site) {
      const { one, two } = site
      const { victim, user } = await loggedIn(site)
      const copy = victim.copy()
      const gate = await one.hold('update', when)
      const elevation = victim.sendOnly(one, '/elevate')
      await gate.reached()
      assert.equal((await victim.sendOnly(two, '/logout')).status, 200)
      await gate.open()
      const answer = await elevation
      assert.equal(answer.status, when === 'before' ? 409 : 200)
      const elevated = withAnswer(victim, answer)
      for (const server of site.both)
        assert.deepEqual([await copy.read(server, '/who'), await elevated.read(server, '/who'), await server.ask('list', user)], [null, null, []])
    },
  }
}

function bothAnswered(first: 'written first' | 'written last'): Attack {
  return {
    title: `of two elevations begun with one secret at two processes, and both answered, the one written last alone can be used; the one ${first} comes back first`,
    async attack(site) {
      const { one, two } = site
      const { victim } = await loggedIn(site)
      const gates = await Promise.all(site.both.map((server) => server.holdHandlers()))
      const [early, late] = [victim.sendOnly(one, '/elevate?held'), victim.sendOnly(two, '/elevate?held')]
      await Promise.all(gates.map((gate) => gate.reached()))
      await gates[0]?.open()
      const outdated = withAnswer(victim, await early)
      await gates[1]?.open()
      const valid = withAnswer(victim, await late)
      const order = first === 'written first' ? [outdated, valid] : [valid, outdated]
      const levels = [await order[0]?.read(one, '/level'), await order[1]?.read(two, '/level')]
      assert.deepEqual(levels, first === 'written first' ? [0, 2] : [2, 0])
      for (const server of site.both) assert.equal(await victim.read(server, '/who'), null, 'nor can the secret that both began with')
    },
  }
}

function tooLate(where: string, hold: (site: AttackSite) => Promise<RemoteGate>): Attack {
  return {
    title: `an elevation ${where} at one process while another, begun with the same secret, is presented at the other: it is refused`,
    async attack(site) {
      const { one, two } = site
      const { victim } = await loggedIn(site)
      const gate = await hold(site)
      const slow = victim.sendOnly(one, '/elevate?held')
      await gate.reached()
      const elevated = withAnswer(victim, await victim.sendOnly(two, '/elevate'))
      assert.equal(await elevated.read(two, '/level'), 2)
      await gate.open()
      const { status, setCookie } = await slow
      assert.deepEqual([status, setCookie], [409, []])
      for (const server of site.both) assert.deepEqual([await elevated.read(server, '/level'), await victim.read(server, '/who')], [2, null])
    },
  }
}

/** Elevations at one process while the other elevates too, or ends the session. */
export const elevations: readonly Attack[] = [
  {
    title: "the old secret keeps the old level at both processes, and is dead at both once the elevation's was presented at one",
    async attack(site) {
      const { victim, user } = await loggedIn(site)
      const thief = victim.copy()
      await victim.post(site.two, '/elevate')
      for (const server of site.both) assert.deepEqual([await thief.read(server, '/who'), await thief.read(server, '/level')], [user, 1])
      assert.equal(await victim.read(site.one, '/level'), 2)
      for (const server of site.both.toReversed()) {
        await server.ask('seen')
        assert.deepEqual([await thief.read(server, '/who'), await server.ask('seen')], [null, ['session.stale_secret']])
        assert.equal((await thief.sendOnly(server, '/set?key=cart&value=late')).status, 409)
        assert.equal(await victim.read(server, '/level'), 2)
      }
    },
  },
  {
    title: "requests with the elevation's secret at both processes at once are all let in",
    async attack(site) {
      const { victim } = await loggedIn(site)
      await victim.post(site.two, '/elevate')
      const gates = await Promise.all(site.both.map((server) => server.hold('update')))
      const first = site.both.map((server) => victim.read(server, '/level'))
      await Promise.all(gates.map((gate) => gate.reached()))
      await Promise.all(gates.map((gate) => gate.open()))
      assert.deepEqual(await Promise.all(first), [2, 2])
    },
  },
  tooLate('whose handler is slow', ({ one }) => one.holdHandlers()),
  tooLate('whose write is on its way to the store', ({ one }) => one.hold('update')),
  bothAnswered('written first'),
  bothAnswered('written last'),
  logoutAgainst('before'),
  logoutAgainst('after'),
]
