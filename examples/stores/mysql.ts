// #region store
import { SessionManager } from 'instar'
import { mysqlStore } from 'instar/stores/mysql'
import mysql from 'mysql2/promise' // with the promises

const pool = mysql.createPool({ uri: process.env['DATABASE_URL'] ?? '' })
const store = mysqlStore(pool)
await store.migrate()
export const sessions = new SessionManager({ store })
setInterval(() => store.deleteExpired().catch(console.error), 600_000).unref()
// #endregion

export const close = () => pool.end()
