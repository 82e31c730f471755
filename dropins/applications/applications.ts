import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { freePort, type ServerProcess, startServer } from '../../examples/full-stack/support.ts'
import { extraFolder } from '../../scripts/extras.ts'
import type { Home } from '../home.ts'

// Two published applications, as their users start and use them.

export interface Application {
  readonly name: string
  /** Whether the original leaves the id from before a login alive. */
  readonly isFixed: boolean
  start(home: Home, parseServer: string): Promise<ServerProcess>
  /** Brings the browser to a cookie that the application gave somebody else, or nobody, before the login. */
  before(page: Page): Promise<void>
  logIn(page: Page): Promise<void>
  /** Something that only who is logged in can do, in the page. */
  use(page: Page): Promise<void>
  logOut(page: Page): Promise<void>
  /** Whose session the cookies of a browser open, or ''. */
  whoIs(origin: string, cookie: string): Promise<string>
  /** Who is logged in by `before`. */
  readonly stranger: string
}

const USER = 'ann@example.com'
const PASSWORD = 'dragonfly-1'

async function json(url: string, cookie: string): Promise<{ [key: string]: unknown }> {
  const response = await fetch(url, { headers: { cookie, connection: 'close' } })
  return response.ok ? ((await response.json()) as { [key: string]: unknown }) : {}
}

/** Passport 0.7, csrf-sync and connect-flash on sessions in memory. */
export const parseDashboard: Application = {
  name: 'Parse Dashboard',
  isFixed: false,
  stranger: '',
  async start({ folder, modules }, parseServer) {
    const port = await freePort()
    const config = join(folder, 'dashboard.json')
    writeFileSync(
      config,
      JSON.stringify({
        apps: [{ serverURL: `${parseServer}/parse`, appId: 'moults', masterKey: 'key', appName: 'Moults' }],
        users: [{ user: USER, pass: PASSWORD }],
      }),
    )
    const options = ['--config', config, '--host', '127.0.0.1', '--port', String(port), '--allowInsecureHTTP', '1']
    return startServer(process.execPath, [join(modules, 'parse-dashboard', 'bin', 'parse-dashboard'), ...options], { cwd: folder, port })
  },
  async before(page) {
    await page.goto('/login')
    await page.locator('input[name=username]').waitFor()
  },
  async logIn(page) {
    await page.goto('/login')
    await page.locator('input[name=username]').fill('nobody')
    await page.locator('input[name=password]').fill('wrong')
    await page.locator('input[type=submit], button[type=submit]').click()
    await page.getByText('Invalid username or password', { exact: true }).waitFor()
    await page.locator('input[name=username]').fill(USER)
    await page.locator('input[name=password]').fill(PASSWORD)
    await page.locator('input[type=submit], button[type=submit]').click()
    await page.getByText('Moults').first().waitFor()
  },
  async use(page) {
    await page.goto('/apps/Moults/browser/Moult')
    await page.getByText('Moult', { exact: true }).first().waitFor()
  },
  async logOut(page) {
    await page.getByText('Logout').click()
    await page.locator('input[name=username]').waitFor()
  },
  async whoIs(origin, cookie) {
    return (await json(`${origin}/parse-dashboard-config.json`, cookie))['apps'] ? USER : ''
  },
}

/** Passport 0.4, which never changes the id, on session-file-store, with `resave` and `rolling`. Its database runs on Node 22 and older. */
export const sqlPad: Application = {
  name: 'SQLPad',
  isFixed: true,
  stranger: 'mallory@example.com',
  async start({ folder, modules }) {
    const port = await freePort()
    const node = join(extraFolder('node-22'), 'node_modules', 'node', 'bin', 'node')
    const options = ['--dbPath', join(folder, 'data'), '--port', String(port), '--ip', '127.0.0.1', '--whitelistedDomains', 'example.com']
    const server = await startServer(node, [join(modules, 'sqlpad', 'server.js'), ...options], { cwd: folder, port })
    await post(`${server.origin}/api/signup`, { email: USER, password: PASSWORD, passwordConfirmation: PASSWORD })
    return server
  },
  async before(page) {
    await page.goto('/signup')
    await page.locator('input[name=email]').fill(this.stranger)
    await page.locator('input[name=password]').fill(PASSWORD)
    await page.locator('input[name=passwordConfirmation]').fill(PASSWORD)
    await page.getByRole('button', { name: /sign up/i }).click()
    await page.waitForURL(/\/queries/)
  },
  async logIn(page) {
    await page.goto('/signin')
    await page.locator('input[name=email]').fill(USER)
    await page.locator('input[name=password]').fill(PASSWORD)
    await page.getByRole('button', { name: /sign in/i }).click()
    await page.waitForURL(/\/queries/)
  },
  async use(page) {
    await page.getByPlaceholder('Query name').fill('Moults of the year')
    await page.keyboard.press('Control+s')
    await page.getByText('Query Saved', { exact: false }).first().waitFor()
    await page.waitForURL(/\/queries\/(?!new)/)
    await page.reload()
    await page.locator('input[value="Moults of the year"]').waitFor()
  },
  async logOut(page) {
    await page.locator('button').last().click()
    await page.getByText('Sign out', { exact: false }).click()
    await page.waitForURL(/\/signin/)
  },
  async whoIs(origin, cookie) {
    const { currentUser } = (await json(`${origin}/api/app`, cookie)) as { currentUser?: { email: string } }
    return currentUser?.email ?? ''
  },
}

async function post(url: string, body: object): Promise<void> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', connection: 'close' } })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
}
