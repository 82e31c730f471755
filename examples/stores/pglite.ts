// #region store
import { PGlite } from '@electric-sql/pglite'
import { SessionManager } from 'instar'
import { postgresStore } from 'instar/stores/postgres'

const database = await PGlite.create(process.env['DATABASE_DIR'] ?? 'memory://') // a folder
const store = postgresStore(database)
await store.migrate()
export const sessions = new SessionManager({ store })
setInterval(() => store.deleteExpired().catch(console.error), 600_000).unref()
// #endregion

export const close = () => database.close()
