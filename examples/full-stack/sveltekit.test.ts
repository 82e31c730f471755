import { deepEqual, equal, match } from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Fetch, TestBrowser } from 'instar/testing'
import { extraFolder } from '../../scripts/extras.ts'
import { packLibrary, unpackLibrary } from '../../scripts/pack.ts'
import { freePort, leftOut, runProgram, type ServerProcess, shopScenario, startServer } from './support.ts'

const FOLDER = extraFolder('sveltekit')
const LOGIN = { body: 'name=ann&password=secret', headers: { 'content-type': 'application/x-www-form-urlencoded' } }

/** Sends forms as browsers do: SvelteKit asks for the Origin, and an action answers with a page only where one is accepted. */
const send: Fetch = (url, init) => {
  const ofForm = init.method === 'POST' ? { origin: new URL(url).origin, accept: 'text/html' } : {}
  return fetch(url, { ...init, headers: { ...ofForm, ...init.headers } })
}
const browse = (origin: string) => new TestBrowser(origin, undefined, send)

describe('the SvelteKit example', { skip: leftOut('sveltekit'), timeout: 300_000 }, () => {
  const temporary = mkdtempSync(join(tmpdir(), 'instar-sveltekit-'))
  let server: ServerProcess
  let origin = ''

  before(async () => {
    await unpackLibrary(await packLibrary(temporary), join(FOLDER, 'node_modules'))
    const port = await freePort()
    origin = `http://127.0.0.1:${port}`
    const env = { NODE_ENV: 'production', ORIGIN: origin } // What the origin is, SvelteKit wants to know when it builds.
    await runProgram('npm', ['run', 'types'], { cwd: FOLDER, env })
    await runProgram('npm', ['run', 'build'], { cwd: FOLDER, env })
    server = await startServer(process.execPath, ['build'], {
      cwd: FOLDER,
      env: { ...env, HOST: '127.0.0.1', PORT: String(port), DATABASE: join(temporary, 'app.db') },
      port,
    })
  })
  after(async () => {
    await server?.stop()
    rmSync(temporary, { recursive: true, force: true })
  })

  test('a cart, a login that keeps it under a new id, a device list, a logout', () => shopScenario(origin, send))

  test('the page and its data know who is logged in, and are not cached then', async () => {
    const browser = browse(origin)
    const expectBoth = async (page: RegExp, data: RegExp, isPersonal: boolean): Promise<void> => {
      const answers = [await browser.send('/', { headers: { accept: 'text/html' } }), await browser.send('/__data.json')]
      for (const { status, headers, setCookie } of answers) {
        equal(status, 200)
        if (isPersonal) equal(headers.get('cache-control'), 'private, no-store')
        match(headers.get('vary') ?? '', /\bcookie\b/i)
        deepEqual(setCookie, [])
      }
      match(answers[0]?.body ?? '', page)
      match(answers[1]?.body ?? '', data)
    }
    await expectBoth(/Nobody is logged in\./, /\{"user":1\},null\]/, false)
    await browser.post('/login', LOGIN)
    await expectBoth(/You are ann\./, /\{"user":1\},"ann"\]/, true)
    await browser.post('/logout')
    await expectBoth(/Nobody is logged in\./, /\{"user":1\},null\]/, false)
  })

  test('a form that use:enhance sends logs in too', async () => {
    const browser = browse(origin)
    const enhanced = { accept: 'application/json', 'x-sveltekit-action': 'true', ...LOGIN.headers }
    const wrong = await browser.post('/login', { body: 'name=ann&password=wrong', headers: enhanced })
    deepEqual([wrong.status, JSON.parse(wrong.body).type, wrong.setCookie], [401, 'failure', []])
    const right = await browser.post('/login', { ...LOGIN, headers: enhanced })
    deepEqual(JSON.parse(right.body), { type: 'redirect', status: 303, location: '/' })
    equal((await browser.send('/devices')).status, 200)
  })

  test('what the check of SvelteKit lets through from another site is refused', async () => {
    const browser = browse(origin)
    await browser.post('/login', LOGIN)
    const evil = { origin: 'https://evil.example', 'content-type': 'application/json' }
    for (const site of ['cross-site', null]) {
      const refused = await browser.sendOnly('/logout', { method: 'POST', body: '{}', headers: evil, site })
      deepEqual([refused.status, /came from a page of another site|Origin is not this site's/.test(refused.body)], [403, true])
    }
    equal((await browser.send('/devices')).status, 200)
  })

  test('a page that needs a login is 401, and says so', async () => {
    for (const accept of ['text/html', 'application/json']) {
      const { status, body } = await browse(origin).send('/devices', { headers: { accept } })
      deepEqual([status, body.includes('This needs a login.')], [401, true])
    }
  })

  test('of parallel requests none is lost', async () => {
    const browser = browse(origin)
    await browser.post('/login', LOGIN)
    const items = Array.from({ length: 20 }, (_, index) => String(index))
    await Promise.all(items.map((item) => browser.post('/cart', { ...LOGIN, body: `item=${item}` })))
    deepEqual(new Set(JSON.parse((await browser.send('/cart')).body)), new Set(items))
  })
})
