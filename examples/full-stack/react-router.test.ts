import { deepEqual, equal, match } from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { TestBrowser } from 'instar/testing'
import { extraFolder } from '../../scripts/extras.ts'
import { packLibrary, unpackLibrary } from '../../scripts/pack.ts'
import { freePort, leftOut, runProgram, type ServerProcess, shopScenario, startServer } from './support.ts'

const FOLDER = extraFolder('react-router')
const SERVE = join(FOLDER, 'node_modules', '@react-router', 'serve', 'bin.cjs')
const LOGIN = { body: 'name=ann&password=secret', headers: { 'content-type': 'application/x-www-form-urlencoded' } }

describe('the React Router example', { skip: leftOut('react-router'), timeout: 300_000 }, () => {
  const temporary = mkdtempSync(join(tmpdir(), 'instar-react-router-'))
  let server: ServerProcess
  let origin = ''

  before(async () => {
    await unpackLibrary(await packLibrary(temporary), join(FOLDER, 'node_modules'))
    const env = { NODE_ENV: 'production' }
    await runProgram('npm', ['run', 'types'], { cwd: FOLDER, env })
    await runProgram('npm', ['run', 'build'], { cwd: FOLDER, env })
    const port = await freePort()
    origin = `http://127.0.0.1:${port}`
    server = await startServer(process.execPath, [SERVE, 'build/server/index.js'], {
      cwd: FOLDER,
      env: { ...env, HOST: '127.0.0.1', PORT: String(port), ORIGIN: origin, DATABASE: join(temporary, 'app.db') },
      port,
    })
  })
  after(async () => {
    await server?.stop()
    rmSync(temporary, { recursive: true, force: true })
  })

  test('a cart, a login that keeps it under a new id, a device list, a logout', () => shopScenario(origin))

  test('the page and its data know who is logged in, and are not cached then', async () => {
    const browser = new TestBrowser(origin)
    const expectBoth = async (page: RegExp, data: RegExp, isPersonal: boolean): Promise<void> => {
      const answers = [await browser.send('/'), await browser.send('/_.data')]
      for (const { status, headers, setCookie } of answers) {
        equal(status, 200)
        if (isPersonal) equal(headers.get('cache-control'), 'private, no-store')
        match(headers.get('vary') ?? '', /\bcookie\b/i)
        deepEqual(setCookie, [])
      }
      match(answers[0]?.body ?? '', page)
      match(answers[1]?.body ?? '', data)
    }
    await expectBoth(/Nobody is logged in\./, /"data",\{"_5":-5\},"user"\]/, false)
    await browser.post('/login', LOGIN)
    await expectBoth(/You are ann\./, /"user","ann"\]/, true)
    await browser.post('/logout')
    await expectBoth(/Nobody is logged in\./, /"data",\{"_5":-5\},"user"\]/, false)
  })

  test('a form that the router sends logs in and out too', async () => {
    const browser = new TestBrowser(origin)
    const wrong = await browser.post('/login.data', { ...LOGIN, body: 'name=ann&password=wrong' })
    deepEqual([wrong.status, wrong.setCookie], [401, []])
    const right = await browser.post('/login.data', LOGIN)
    deepEqual([right.status, right.headers.get('cache-control')], [202, 'private, no-store'])
    match(right.body, /"redirect","\/","status",303/)
    const devices = await browser.send('/devices.data')
    deepEqual([devices.status, devices.headers.get('cache-control')], [200, 'private, no-store'])
    equal((await browser.sendOnly('/logout.data', { method: 'POST', site: 'cross-site' })).status, 403)
    equal((await browser.send('/devices.data')).status, 200)
    equal((await browser.post('/logout.data')).status, 202)
    deepEqual([...browser.jar.keys()], [])
    const refused = await browser.send('/devices.data')
    equal(refused.status, 401)
    match(refused.body, /This needs a login\./)
  })

  test('of parallel requests none is lost', async () => {
    const browser = new TestBrowser(origin)
    await browser.post('/login', LOGIN)
    const items = Array.from({ length: 20 }, (_, index) => String(index))
    await Promise.all(items.map((item) => browser.post('/cart', { ...LOGIN, body: `item=${item}` })))
    deepEqual(new Set(JSON.parse((await browser.send('/cart')).body)), new Set(items))
  })
})
