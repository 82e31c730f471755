import { Accounts } from './accounts.ts'
import { createApp } from './app.ts'
import { openDatabase } from './database.ts'
import { DEMO_ACCOUNTS, seedDemoAccounts } from './demo-accounts.ts'
import { type Site, serve } from './server.ts'
import { readSettings, SettingsError } from './settings.ts'

async function start(): Promise<void> {
  process.umask(0o077) // for the database and the files that SQLite puts beside it
  const settings = readSettings(process.argv.slice(2), process.env)
  const { https } = settings
  const database = openDatabase(settings.databaseFile)
  const sessionDatabase = openDatabase(settings.databaseFile)
  await seedDemoAccounts(new Accounts(database))
  const site = await serve(settings, (origin) => createApp({ database, sessionDatabase, https, ...(https && { origin }) }))
  greet(site)

  const stop = async (): Promise<void> => {
    await Promise.all(site.servers.map(closed))
    database.close()
    sessionDatabase.close()
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

const GRACE = 5_000 // ms

/** Takes no more connections, and lets requests that are under way finish. */
function closed(server: Site['servers'][number]): Promise<void> {
  setTimeout(() => server.closeAllConnections(), GRACE).unref()
  return new Promise((resolve) => server.close(() => resolve()))
}

function greet({ origin, authorityFile, servers }: Site): void {
  console.log(`\nThe demo is at ${origin}\n\nTwo accounts to try it with, for demonstration only:`)
  for (const { username, password, role } of DEMO_ACCOUNTS) console.log(`  ${username.padEnd(6)}${password.padEnd(20)}${role}`)
  if (authorityFile === undefined) return console.log('')
  const address = servers[1]?.address()
  console.log(`
Plain http on port ${typeof address === 'object' ? address?.port : address} is sent on to https.

The certificate comes from an authority that was made for this machine alone, and that can vouch for servers on localhost alone:
  ${authorityFile}
Browsers trust it once it is imported: in Firefox and Chrome under Settings, Certificates, Authorities; on macOS by double-click in
Keychain Access. On a command line: curl --cacert ${authorityFile} ${origin}
The answers carry Strict-Transport-Security for localhost; chrome://net-internals/#hsts makes Chrome forget it.
`)
}

try {
  await start()
} catch (error) {
  if (!(error instanceof SettingsError)) throw error
  console.error(error.message)
  process.exit(1)
}
