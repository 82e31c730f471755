import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { Accounts } from '../../src/accounts.ts'
import { createApp } from '../../src/app.ts'
import { openDatabase } from '../../src/database.ts'
import { seedDemoAccounts } from '../../src/demo-accounts.ts'
import { temporaryFolder } from './temporary.ts'

export interface RunningApp {
  readonly origin: string
  readonly database: DatabaseSync
  readonly accounts: Accounts
  close(): Promise<void>
}

/** The application behind a real server, on a database file of its own. */
export async function startApp(now: () => number = Date.now): Promise<RunningApp> {
  const folder = temporaryFolder()
  const file = join(folder.path, 'demo.db')
  const database = openDatabase(file)
  const sessionDatabase = openDatabase(file)
  const accounts = new Accounts(database)
  await seedDemoAccounts(accounts)
  const server = createServer(createApp({ database, sessionDatabase, https: false, now })).listen(0, 'localhost')
  await once(server, 'listening')
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    database,
    accounts,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
      database.close()
      sessionDatabase.close()
      folder[Symbol.dispose]()
    },
  }
}
