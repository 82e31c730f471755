import { join } from 'node:path'
import { requireHere } from '../differential/subjects.ts'
import type { Ground, Where } from './open-store.ts'

/** Looks for expired sessions every quarter of an hour and cannot be told not to, so a process with one has to be ended. */
export async function sqliteGround({ folder, name }: Where): Promise<Ground> {
  const client = new (requireHere('better-sqlite3'))(join(folder, `${name}.db`))
  client.pragma('synchronous = OFF') // Nothing here outlives the process.
  return {
    make: (session) => new (requireHere('better-sqlite3-session-store')(session))({ client, expired: { clear: false } }),
    empty: () => client.exec('DROP TABLE IF EXISTS sessions'),
    followDate: () =>
      client.function('datetime', (when: string) => {
        const date = when === 'now' ? new Date() : new Date(when)
        return date.toISOString().slice(0, 19).replace('T', ' ')
      }),
    close: () => client.close(),
  }
}
