import { deepEqual, doesNotMatch, equal, match, notEqual } from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { TestBrowser } from 'instar/testing'
import { extraFolder } from '../../scripts/extras.ts'
import { packLibrary, unpackLibrary } from '../../scripts/pack.ts'
import { freePort, leftOut, runProgram, type ServerProcess, shopScenario, startServer } from './support.ts'

const FOLDER = extraFolder('nextjs')
const NEXT = join(FOLDER, 'node_modules', 'next', 'dist', 'bin', 'next')
const LOGIN = { body: 'name=ann&password=secret', headers: { 'content-type': 'application/x-www-form-urlencoded' } }

describe('the Next.js example', { skip: leftOut('nextjs') }, () => {
  const temporary = mkdtempSync(join(tmpdir(), 'instar-nextjs-'))
  let server: ServerProcess
  let origin = ''

  before(async () => {
    await unpackLibrary(await packLibrary(temporary), join(FOLDER, 'node_modules'))
    rmSync(join(FOLDER, '.next'), { recursive: true, force: true })
    const env = { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' }
    const built = await runProgram(process.execPath, [NEXT, 'build'], { cwd: FOLDER, env: { ...env, DATABASE: ':memory:' } })
    match(built, /Finished TypeScript/)
    const port = await freePort()
    origin = `http://127.0.0.1:${port}`
    server = await startServer(process.execPath, [NEXT, 'start', '--port', String(port), '--hostname', '127.0.0.1'], {
      cwd: FOLDER,
      env: { ...env, ORIGIN: origin, DATABASE: join(temporary, 'app.db') },
      port,
    })
  })
  after(async () => {
    await server?.stop()
    rmSync(temporary, { recursive: true, force: true })
  })

  test('a cart, a login that keeps it under a new id, a device list, a logout', () => shopScenario(origin))

  test('a server component knows who is logged in, and its answer sets no cookie and is not cached', async () => {
    const browser = new TestBrowser(origin)
    const expectPage = async (shown: RegExp, hidden: RegExp): Promise<void> => {
      const page = await browser.send('/')
      equal(page.status, 200)
      match(page.body, shown)
      doesNotMatch(page.body, hidden)
      match(page.headers.get('cache-control') ?? '', /no-store/)
      deepEqual(page.setCookie, [])
    }
    const [somebody, nobody] = [/action="\/logout".*>ann</, /action="\/login"/]
    await expectPage(nobody, somebody)
    await browser.post('/login', LOGIN)
    await expectPage(somebody, nobody)
    await browser.post('/logout')
    await expectPage(nobody, somebody)
  })

  test('what a server component reads counts as use of the session', async () => {
    const browser = new TestBrowser(origin)
    const lastSeen = async () => JSON.parse((await browser.copy().send('/devices')).body)[0].lastSeenAt
    await browser.post('/login', LOGIN)
    await browser.send('/')
    notEqual(await lastSeen(), null)
  })
})
