import assert from 'node:assert/strict'
import { type Attack, handleOf, Person } from './attack-site.ts'

/** Logins at both processes, and logins of which one process was told too little. */
export const logins: readonly Attack[] = [
  {
    title: 'two logins at once on one anonymous session, one at each process: both are stored with what they keep, and the anonymous row is dead at both',
    async attack(site) {
      const visitor = new Person()
      await visitor.post(site.one, '/set?key=cart&value=tea')
      const gates = await Promise.all(site.both.map((server) => server.hold('create', 'after')))
      const users = [site.user(), site.user()]
      const answers = site.both.map((server, at) => visitor.sendOnly(server, `/login?user=${users[at]}`))
      await Promise.all(gates.map((gate) => gate.reached()))
      await Promise.all(gates.map((gate) => gate.open()))
      const handles = new Set<string>()
      for (const [at, user] of users.entries()) {
        const browser = visitor.copy()
        browser.keep(await (answers[at] as (typeof answers)[number]))
        handles.add(handleOf(browser))
        for (const server of site.both) assert.deepEqual([await browser.read(server, '/who'), await browser.read(server, '/get?key=cart')], [user, 'tea'])
        assert.equal((await site.one.ask('list', user)).length, 1)
      }
      assert.equal(handles.size, 2)
      for (const server of site.both) {
        assert.equal(await visitor.read(server, '/get?key=cart'), null)
        assert.equal((await visitor.sendOnly(server, '/set?key=cart&value=late')).status, 409)
      }
    },
  },
  {
    title: 'two logins of one user at once, one at each process: each has a row of its own, and each is ended alone',
    async attack(site) {
      const user = site.user()
      const people = [new Person(), new Person()] as const
      const gates = await Promise.all(site.both.map((server) => server.hold('create')))
      const answers = site.both.map((server, at) => (people[at] as Person).post(server, `/login?user=${user}`))
      await Promise.all(gates.map((gate) => gate.reached()))
      await Promise.all(gates.map((gate) => gate.open()))
      await Promise.all(answers)
      for (const server of site.both) assert.equal((await server.ask('list', user)).length, 2)
      await people[0].post(site.two, '/logout')
      for (const server of site.both) assert.deepEqual([await people[0].read(server, '/who'), await people[1].read(server, '/who')], [null, user])
    },
  },
  {
    title: "a visitor's cookie that an attacker planted opens nothing at either process after the login, and shows itself",
    async attack(site) {
      const attacker = new Person()
      await attacker.post(site.one, '/set?key=cart&value=planted')
      const victim = attacker.copy()
      const user = site.user()
      await victim.post(site.two, `/login?user=${user}`)
      for (const server of site.both) {
        await server.ask('seen')
        assert.deepEqual([await attacker.read(server, '/who'), await attacker.read(server, '/get?key=cart')], [null, null])
        assert.deepEqual(new Set(await server.ask('seen')), new Set(['session.superseded_token']))
        assert.equal(await victim.read(server, '/who'), user)
      }
    },
  },
  {
    title: "the attacker's own login, planted: a login over it at the other process ends it at both",
    async attack(site) {
      const [attackers, victims] = [site.user(), site.user()]
      const attacker = new Person()
      await attacker.post(site.one, `/login?user=${attackers}`)
      const victim = attacker.copy()
      await victim.post(site.two, `/login?user=${victims}`)
      for (const server of site.both) {
        assert.deepEqual([await attacker.read(server, '/who'), await victim.read(server, '/who')], [null, victims])
        assert.deepEqual(await server.ask('list', attackers), [])
      }
    },
  },
  {
    title: 'a login at one process whose stored answer was lost says so, and leaves nothing that the other could list or open',
    async attack(site) {
      const { one, two } = site
      const user = site.user()
      const visitor = new Person()
      await visitor.post(two, '/set?key=cart&value=tea')
      const gate = await one.hold('create', 'after')
      const login = visitor.post(one, `/login?user=${user}`)
      await gate.reached()
      assert.equal((await two.ask('list', user)).length, 1, 'it was stored')
      await gate.loseAnswer()
      const { status, setCookie } = await login
      assert.deepEqual([status, setCookie], [503, []])
      for (const server of site.both) assert.deepEqual(await server.ask('list', user), [])
      assert.deepEqual([await visitor.read(two, '/who'), await visitor.read(two, '/get?key=cart')], [null, 'tea'], 'the visitor is who they were')
    },
  },
]
