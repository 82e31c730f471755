// #region store
import { SessionManager } from 'instar'
import { postgresStore } from 'instar/stores/postgres'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'] })
pool.on('error', console.error) // a connection that broke while nobody used it; the pool opens another
const store = postgresStore(pool)
await store.migrate()
export const sessions = new SessionManager({ store })
setInterval(() => store.deleteExpired().catch(console.error), 600_000).unref()
// #endregion

export const close = () => pool.end()
