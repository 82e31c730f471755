import { DatabaseSync } from 'node:sqlite'
import { SessionManager } from 'instar'
import { sqliteStore } from 'instar/stores/sqlite'
import { building } from '$app/env'

const file = building ? ':memory:' : (process.env.DATABASE ?? 'app.db')
export const sessions = new SessionManager({ store: sqliteStore(new DatabaseSync(file)), origin: process.env.ORIGIN })
