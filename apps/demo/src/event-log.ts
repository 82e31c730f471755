import type { DatabaseSync } from 'node:sqlite'
import type { SessionEvent, SessionEventType } from 'instar'

export interface LoggedEvent {
  readonly at: number
  readonly type: SessionEventType
  readonly userAgent: string | null
  /** The event's own fields. */
  readonly details: { readonly [name: string]: unknown }
}

/** So many of each type, so that a flood of one type cannot wash the others away. */
const KEPT_OF_EACH_TYPE = 20

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL,
    type TEXT NOT NULL,
    at INTEGER NOT NULL,
    user_agent TEXT,
    details TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS events_of_user ON events (user_id, type, id);
`

/** What happened to each user's sessions, for the user to see; a bounded number of events for each. */
export class EventLog {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    database.exec(SCHEMA)
    this.#database = database
  }

  /** Keeps an event that is about a user. */
  record(event: SessionEvent): void {
    const { at, type, userId, userAgent, ...details } = event
    if (userId === undefined) return
    this.#database
      .prepare('INSERT INTO events (user_id, type, at, user_agent, details) VALUES (?, ?, ?, ?, ?)')
      .run(userId, type, at, userAgent ?? null, JSON.stringify(details))
    this.#database
      .prepare(
        'DELETE FROM events WHERE user_id = ? AND type = ? AND id <= (SELECT id FROM events WHERE user_id = ? AND type = ? ORDER BY id DESC LIMIT 1 OFFSET ?)',
      )
      .run(userId, type, userId, type, KEPT_OF_EACH_TYPE)
  }

  /** The user's events, the latest first. */
  list(userId: string): LoggedEvent[] {
    const rows = this.#database.prepare('SELECT at, type, user_agent AS userAgent, details FROM events WHERE user_id = ? ORDER BY id DESC').all(userId)
    return (rows as unknown as (Omit<LoggedEvent, 'details'> & { details: string })[]).map((row) => ({ ...row, details: JSON.parse(row.details) }))
  }
}
