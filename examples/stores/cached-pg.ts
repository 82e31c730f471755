// #region store
import { SessionManager } from 'instar'
import { cachedStore } from 'instar/stores/cached'
import { postgresStore } from 'instar/stores/postgres'
import { postgresChanges } from 'instar/stores/postgres-changes'
import pg from 'pg'

const options = { connectionString: process.env['DATABASE_URL'] }
const pool = new pg.Pool(options)
pool.on('error', console.error)
const table = postgresStore(pool)
const changes = postgresChanges(() => new pg.Client(options)) // past a pooler: LISTEN does not go through one
await table.migrate()
await changes.migrate() // the trigger that tells
const store = cachedStore(table, { changes, maxStaleness: 5_000 })
export const sessions = new SessionManager({ store })
// #endregion

export async function close(): Promise<void> {
  await store.stop()
  await pool.end()
}
