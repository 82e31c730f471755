// One of two processes that count in one session: opens its requests, says so, and commits them all when told to.
import { DatabaseSync } from 'node:sqlite'
import { CsrfGuard, SessionManager } from 'instar'
import { sqliteStore } from 'instar/stores/sqlite'

const [file = '', cookie = '', requests = '', first = ''] = process.argv.slice(2)
const sessions = new SessionManager<{ [key: string]: number }>({ store: sqliteStore(new DatabaseSync(file)) })
const request = { method: 'POST', url: 'https://shop.example/', headers: new Headers({ cookie, 'sec-fetch-site': 'same-origin' }) }
const opened = await Promise.all(Array.from({ length: Number(requests) }, () => sessions.open(request)))
process.send?.('opened')
process.once('message', async () => {
  await Promise.all(
    opened.map(async (session, index) => {
      new CsrfGuard().check(request, session)
      session.update('n', (n = 0) => n + 1)
      session.set(`key${Number(first) + index}`, 1)
      await session.commit({ status: 200 })
    }),
  )
  process.disconnect()
})
