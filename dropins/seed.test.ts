import { equal, match, notEqual } from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { TestBrowser } from 'instar/testing'
import { freePort, runProgram, type ServerProcess, startServer } from '../examples/full-stack/support.ts'
import { extraVersion } from '../scripts/extras.ts'
import { packLibrary, packPackage } from '../scripts/pack.ts'

// Two applications as people have them, installed into a fresh folder: once with the packages that they name, and once with ours under the same names. Not a line of theirs differs.

const folder = mkdtempSync(join(tmpdir(), 'instar-seed-'))
const dependencies = Object.fromEntries(
  ['express', 'express-session', 'passport', 'passport-local', 'csurf'].map((name) => [name, extraVersion('dropins', name)]),
)
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

after(() => rmSync(folder, { recursive: true, force: true }))

async function install(name: string, changes: object): Promise<string> {
  const home = join(folder, name)
  cpSync(join(import.meta.dirname, 'seed'), home, { recursive: true })
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: 'seed', private: true, dependencies, ...changes }))
  await runProgram('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: home })
  return home
}

/** Runs an application for as long as the steps take. */
async function serving(home: string, application: string, steps: (origin: string) => Promise<void>): Promise<void> {
  const port = await freePort()
  let server: ServerProcess | undefined
  try {
    server = await startServer(process.execPath, [application], { cwd: home, env: { PORT: String(port) }, port })
    await steps(server.origin)
  } finally {
    await server?.stop()
  }
}

/** Who the attacker is, once a victim has logged in with the cookie that the attacker planted. */
async function fixation(origin: string): Promise<string> {
  const attacker = new TestBrowser(origin)
  await attacker.send('/')
  const victim = attacker.copy()
  equal((await victim.post('/login', { headers: FORM, body: 'name=ann&password=secret' })).status, 302)
  match((await victim.send('/')).body, /Hello ann/)
  return (await attacker.send('/')).body
}

/** What becomes of a forged transfer, with the CSRF token that the attacker saw in the session which the victim then logged in with. */
async function keptSecret(origin: string): Promise<string> {
  const attacker = new TestBrowser(origin)
  const token = (await attacker.send('/token')).body
  const victim = attacker.copy()
  const body = `username=ann&password=secret&_csrf=${encodeURIComponent(token)}`
  equal((await victim.post('/login', { headers: FORM, body })).status, 302)
  match((await victim.send('/')).body, /Hello ann/)
  return (await victim.post('/transfer', { headers: FORM, body: `_csrf=${encodeURIComponent(token)}` })).body
}

describe('two applications as they are', () => {
  let theirs = ''
  let ours = ''
  before(async () => {
    const [library, session, passport] = [await packLibrary(folder), await packPackage('express-session', folder), await packPackage('passport', folder)]
    theirs = await install('originals', {})
    ours = await install('drop-ins', {
      dependencies: { ...dependencies, 'express-session': `file:${session}`, passport: `file:${passport}` },
      overrides: { 'express-session': '$express-session', passport: '$passport', instar: `file:${library}` },
    })
  })

  test('a planted id is logged in with the originals, and worth nothing with the drop-ins', async () => {
    await serving(theirs, 'fixation.cjs', async (origin) => equal(await fixation(origin), 'Hello ann'))
    await serving(ours, 'fixation.cjs', async (origin) => equal(await fixation(origin), 'Nobody is logged in.'))
  })

  test('a CSRF secret from before the login forges requests with the originals, and none with the drop-ins', async () => {
    await serving(theirs, 'kept-secret.cjs', async (origin) => equal(await keptSecret(origin), 'sent'))
    await serving(ours, 'kept-secret.cjs', async (origin) => notEqual(await keptSecret(origin), 'sent'))
  })
})
