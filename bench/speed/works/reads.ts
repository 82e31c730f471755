import type { Contender } from '../contender.ts'
import { play } from '../load/play.ts'
import { prepared } from '../load/request.ts'
import type { Scene, Work } from './work.ts'

const NOBODY = { user: null, value: null }

function reading(name: Work['name'], title: string, bytes: number): Work {
  return {
    name,
    title,
    requests: 1,
    async open(contender) {
      const visitors = await contender.loggedIn(contender.atOnce, bytes)
      const requests = visitors.map(({ user, cookie }) => prepared({ path: '/read', ...(cookie && { cookie }), answer: contender.shown(user) }))
      const connections = await contender.connections(contender.atOnce)
      return { play: (milliseconds) => play(connections, (at) => requests[at], { milliseconds }) }
    },
  }
}

async function asNobody(contender: Contender, cookie: string | undefined): Promise<Scene> {
  const answer = contender.isBare ? contender.shown('ann') : NOBODY
  const request = prepared({ path: '/read', ...(cookie && { cookie }), answer })
  const connections = await contender.connections(contender.atOnce)
  return { play: (milliseconds) => play(connections, () => request, { milliseconds }) }
}

export const READS: readonly Work[] = [
  reading('read', 'authenticated read', 200),
  { name: 'anonymous', title: 'anonymous, no cookie', requests: 1, open: (contender) => asNobody(contender, undefined) },
  { name: 'dead cookie', title: 'anonymous, a dead cookie', requests: 1, open: (contender) => asNobody(contender, contender.deadCookie) },
  reading('read 2 kB', 'read of one key, 2 kB in the session', 2000),
  reading('read 20 kB', 'read of one key, 20 kB in the session', 20_000),
]
