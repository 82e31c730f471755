import assert from 'node:assert/strict'
import { type Attack, type AttackSite, handleOf, Person, type RemoteGate } from './attack-site.ts'

type End = (site: AttackSite, victim: Person, user: string) => Promise<unknown>

const ENDS: { readonly [how: string]: End } = {
  logout: ({ two }, victim) => victim.post(two, '/logout'),
  revoke: ({ two }, victim, user) => two.ask('revoke', user, handleOf(victim)),
  revokeAll: ({ two }, _victim, user) => two.ask('revokeAll', user),
  revokeEveryone: ({ two }) => two.ask('revokeEveryone'),
}

const PLACES: { readonly [where: string]: (site: AttackSite) => Promise<RemoteGate> } = {
  'whose handler is slow': ({ one }) => one.holdHandlers(),
  'whose write is on its way to the store': ({ one }) => one.hold('update'),
}

/** A request at one process that writes after the session ended at the other. */
export const resurrection: readonly Attack[] = [
  ...Object.entries(ENDS).flatMap(([how, end]) => Object.entries(PLACES).map(([where, hold]) => lateWrite(how, end, where, hold))),
  {
    title: "what a slow request writes to a visitor's session after a login at the other process is dropped, and nothing of it is in the login",
    async attack(site) {
      const { one, two } = site
      const visitor = new Person()
      await visitor.post(one, '/set?key=cart&value=tea')
      const copy = visitor.copy()
      const gate = await one.holdHandlers()
      const slow = copy.sendOnly(one, '/set?held&key=cart&value=late')
      await gate.reached()
      await visitor.post(two, `/login?user=${site.user()}`)
      await gate.open()
      const { status, setCookie } = await slow
      assert.deepEqual([status, setCookie], [409, []])
      for (const server of site.both) {
        assert.equal(await visitor.read(server, '/get?key=cart'), 'tea')
        assert.equal(await copy.read(server, '/get?key=cart'), null)
      }
    },
  },
]

function lateWrite(how: string, end: End, where: string, hold: (site: AttackSite) => Promise<RemoteGate>): Attack {
  return {
    title: `a request ${where} at one process brings nothing back after ${how} at the other`,
    async attack(site) {
      const { one } = site
      const user = site.user()
      const victim = new Person()
      await victim.post(one, `/login?user=${user}`)
      const copy = victim.copy()
      const gate = await hold(site)
      const slow = copy.sendOnly(one, '/set?held&key=cart&value=late')
      await gate.reached()
      await end(site, victim, user)
      await one.ask('seen')
      await gate.open()
      const { status, setCookie } = await slow
      assert.deepEqual([status, setCookie, await one.ask('seen')], [409, [], ['session.delta_dropped']])
      for (const server of site.both) assert.deepEqual([await copy.read(server, '/who'), await server.ask('list', user)], [null, []])
    },
  }
}
