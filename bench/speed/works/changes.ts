import type { Contender } from '../contender.ts'
import { play } from '../load/play.ts'
import { type Prepared, prepared } from '../load/request.ts'
import { Jar } from '../load/visitor.ts'
import type { Work } from './work.ts'

const write: Work = {
  name: 'write',
  title: 'a write of one key',
  requests: 1,
  async open(contender) {
    const visitors = await contender.loggedIn(contender.atOnce, 200)
    // In turns, because libraries see that a value is what it was and write nothing.
    const requests = visitors.map(({ cookie }) =>
      ['light', 'dark'].map((value) =>
        prepared({ method: 'POST', path: '/write', headers: { 'x-value': value }, ...(cookie && { cookie }), answer: { value } }),
      ),
    )
    const connections = await contender.connections(contender.atOnce)
    const turns = visitors.map(() => 0)
    return { play: (milliseconds) => play(connections, (at) => requests[at]?.[(turns[at] = (turns[at] ?? 0) + 1) % 2], { milliseconds }) }
  },
}

function loginRequest(user: string): Prepared {
  return prepared({ method: 'POST', path: '/login', headers: { 'x-user': user }, answer: { user } })
}

/** Users nobody has seen before. */
async function newLogins(contender: Contender): Promise<readonly Prepared[]> {
  return Array.from({ length: contender.batch }, () => loginRequest(contender.newUser()))
}

const login: Work = {
  name: 'login',
  title: 'a login',
  requests: 1,
  async open(contender) {
    let requests: readonly Prepared[] = []
    let next = 0
    const connections = await contender.connections(contender.atOnce)
    return {
      async ready() {
        requests = await newLogins(contender)
        next = 0
      },
      play: (milliseconds) => play(connections, () => requests[next++], { milliseconds }),
    }
  },
}

const logout: Work = {
  name: 'logout',
  title: 'a logout',
  requests: 1,
  async open(contender) {
    let requests: readonly Prepared[] = []
    let next = 0
    const connections = await contender.connections(contender.atOnce)
    return {
      async ready() {
        const logins = await newLogins(contender)
        let at = 0
        const { heads } = await play(connections, () => logins[at++], { keepHeads: true })
        requests = heads.map((head) => {
          const cookie = new Jar().take(head).header
          return prepared({ method: 'POST', path: '/logout', ...(cookie && { cookie }), answer: { user: null } })
        })
        next = 0
      },
      play: (milliseconds) => play(connections, () => requests[next++], { milliseconds }),
    }
  },
}

export const CHANGES: readonly Work[] = [write, login, logout]
