import { type Played, play } from '../load/play.ts'
import { prepared } from '../load/request.ts'
import { ASSET } from '../server/application.ts'
import type { Work } from './work.ts'

const ASSETS = 30

/** A page whose assets all go through the session's middleware, at once and with the cookie. */
export const page: Work = {
  name: 'page',
  title: `a page's ${ASSETS} assets in parallel`,
  requests: ASSETS,
  async open(contender) {
    const [visitor] = await contender.loggedIn(1, 200)
    const request = prepared({ path: '/asset', ...(visitor?.cookie && { cookie: visitor.cookie }), answer: ASSET })
    const connections = await contender.connections(ASSETS)
    return {
      async play(milliseconds) {
        const start = performance.now()
        let all: Played = { requests: 0, seconds: 0, latencies: [], heads: [] }
        do {
          const one = await play(connections, (_, turn) => (turn === 0 ? request : undefined))
          // How long a page takes is until its last asset is there.
          all = { ...all, requests: all.requests + ASSETS, seconds: all.seconds + one.seconds, latencies: [...all.latencies, one.seconds * 1e6] }
        } while (performance.now() - start < milliseconds)
        return all
      },
    }
  },
}
