import type { DatabaseSync } from 'node:sqlite'
import { SessionManager } from 'instar'
import { sqliteStore } from 'instar/stores/sqlite'
import type { Account, Accounts } from './accounts.ts'
import type { EventLog } from './event-log.ts'

declare global {
  namespace Instar {
    interface SessionData {
      cart: string[]
    }
    interface User extends Account {}
  }
}

const TEN_MINUTES = 600_000

interface Parts {
  /** Used by nobody else: a ROLLBACK of the application would undo what the store has answered, a logout for one. */
  readonly database: DatabaseSync
  readonly accounts: Accounts
  readonly events: EventLog
  /** The site's own origin, where it is known beforehand. */
  readonly origin: string | undefined
  readonly now: () => number
}

/** The application's sessions: in their database, checked against the accounts, heard by the event log. */
export function createSessions({ database, accounts, events, origin, now }: Parts): SessionManager {
  const store = sqliteStore(database, { now })
  setInterval(() => store.deleteExpired().catch(console.error), TEN_MINUTES).unref()
  return new SessionManager({
    store,
    now,
    ...(origin !== undefined && { origin }),
    loadUser(userId) {
      const account = accounts.find(userId)
      return account && !account.isDisabled ? { user: account, stamp: account.stamp } : undefined
    },
    onEvent(event) {
      events.record(event)
      if (event.type === 'development.login_not_kept') console.warn(event.hint)
    },
  })
}
