import type { RequestHandler } from 'express'
import { original } from './installed.ts'

/** A session middleware, and a look at what it has stored. */
export interface Sessions {
  readonly middleware: RequestHandler
  readonly cookie: string
  /** What is stored under the value of the cookie, without the cookie's settings. */
  held(value: string | undefined): unknown
}

export function expressSessions(): Sessions {
  const session = original('express-session')
  const store = new session.MemoryStore()
  return {
    middleware: session({ secret: 'for tests', resave: false, saveUninitialized: false, store }),
    cookie: 'connect.sid',
    held: (value) => {
      const id = value && decodeURIComponent(value).slice(2).split('.')[0]
      const stored = id && store.sessions[id]
      if (!stored) return undefined
      const { cookie: _, ...data } = JSON.parse(stored)
      return data
    },
  }
}

/** The least that a session library can be: objects in memory, with the callback forms of `regenerate` and `save`. */
export function plainSessions(): Sessions {
  const stored = new Map<string, object>()
  let last = 0
  return {
    middleware: (request, response, next) => {
      const carrier = request as unknown as { session: object }
      const use = (id: string, session: object): void => {
        const regenerate = (done: () => void): void => {
          stored.delete(id)
          start()
          done()
        }
        carrier.session = Object.setPrototypeOf(session, { regenerate, save: (done: () => void) => done() })
      }
      const start = (): void => {
        const id = `s${++last}`
        const session = {}
        stored.set(id, session)
        use(id, session)
        response.setHeader('Set-Cookie', `plain=${id}; Path=/`)
      }
      const id = /plain=(s\d+)/.exec(request.headers.cookie ?? '')?.[1] ?? ''
      const known = stored.get(id)
      if (known) use(id, known)
      else start()
      next()
    },
    cookie: 'plain',
    held: (value) => value && stored.has(value) && JSON.parse(JSON.stringify(stored.get(value))),
  }
}
