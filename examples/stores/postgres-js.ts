// #region store
import { SessionManager } from 'instar'
import { postgresStore } from 'instar/stores/postgres'
import postgres from 'postgres'

// Without this a connection that breaks while it begins ends the process.
const sql = postgres(process.env['DATABASE_URL'] ?? '', { fetch_types: false })
const store = postgresStore(sql)
await store.migrate()
export const sessions = new SessionManager({ store })
setInterval(() => store.deleteExpired().catch(console.error), 600_000).unref()
// #endregion

export const close = () => sql.end()
