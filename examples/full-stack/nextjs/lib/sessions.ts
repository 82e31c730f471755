import { DatabaseSync } from 'node:sqlite'
import { SessionManager } from 'instar'
import { sqliteStore } from 'instar/stores/sqlite'
import { headers } from 'next/headers'
import { cache } from 'react'

const origin = process.env.ORIGIN ?? 'http://localhost:3000'
const store = sqliteStore(new DatabaseSync(process.env.DATABASE ?? 'app.db'))
export const sessions = new SessionManager<{ cart: string[] }>({ origin, store })

/** The session for server components. It is only read, since they can set no cookie: what would write throws. */
export const readSession = cache(async () => {
  const session = await sessions.open({ method: 'GET', url: origin, headers: await headers() })
  await session.commit({ status: 200 })
  return session
})

export const seeOther = (location: string) => new Response(null, { status: 303, headers: { location } })
