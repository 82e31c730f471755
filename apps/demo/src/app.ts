import type { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import express, { type Express } from 'express'
import { instar } from 'instar/adapters/express'
import { Accounts } from './accounts.ts'
import { notFound, showError } from './errors.ts'
import { EventLog } from './event-log.ts'
import { securityHeaders } from './headers.ts'
import { accountRoutes } from './routes/account.ts'
import { adminRoutes } from './routes/admin.ts'
import { deviceRoutes } from './routes/devices.ts'
import { eventRoutes } from './routes/events.ts'
import { loginRoutes } from './routes/login.ts'
import { shopRoutes } from './routes/shop.ts'
import { createSessions } from './sessions.ts'

export interface AppOptions {
  readonly database: DatabaseSync
  /** A connection that the sessions have for themselves, to the same file. */
  readonly sessionDatabase: DatabaseSync
  /** Served over TLS, and only so. */
  readonly https: boolean
  /** The site's own origin; without it each request's Host says it, which is enough on localhost. */
  readonly origin?: string
  /** The clock of the sessions, in Unix milliseconds. Default `Date.now`. */
  readonly now?: () => number
}

const PUBLIC = fileURLToPath(new URL('../public', import.meta.url))

/** The whole application, from the first middleware to the last. */
export function createApp({ database, sessionDatabase, https, origin, now = Date.now }: AppOptions): Express {
  const accounts = new Accounts(database)
  const events = new EventLog(database)
  const sessions = createSessions({ database: sessionDatabase, accounts, events, origin, now })

  const app = express()
  app.disable('x-powered-by')
  app.use(securityHeaders({ https }))
  app.use(express.static(PUBLIC, { index: false, maxAge: '1h' }))
  app.use(express.urlencoded({ extended: false, limit: '8kb', parameterLimit: 20 }))
  app.use(instar(sessions))

  app.use(shopRoutes())
  app.use(loginRoutes(accounts))
  app.use(deviceRoutes(sessions))
  app.use(eventRoutes(events))
  app.use(accountRoutes({ accounts, sessions }))
  app.use(adminRoutes({ accounts, sessions }))

  app.use(notFound)
  app.use(showError)
  return app
}
