import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { launchChromium, whyNoChromium } from './support/chromium.ts'
import { type RunningApp, startApp } from './support/running-app.ts'
import { temporaryFolder } from './support/temporary.ts'

const PHONE = { viewport: { width: 390, height: 844 }, colorScheme: 'dark' } as const

describe('in a browser', { skip: whyNoChromium() ?? false }, () => {
  const folder = temporaryFolder()
  let app: RunningApp
  let browser: Browser
  before(async () => {
    app = await startApp()
    browser = await launchChromium()
  })
  after(async () => {
    await browser?.close()
    await app?.close()
    folder[Symbol.dispose]()
  })

  async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
    const context: BrowserContext = await browser.newContext({ baseURL: app.origin, viewport: { width: 1200, height: 800 }, ...options })
    const page = await context.newPage()
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('status of 4')) complaints.push(message.text())
    })
    await page.goto('/')
    return page
  }
  /** What browsers had to complain of, such as the content security policy. */
  const complaints: string[] = []

  async function picture(page: Page, name: string): Promise<void> {
    const path = join(process.env['DEMO_SCREENSHOTS'] ?? folder.path, `${name}.png`)
    await page.screenshot({ path, fullPage: true })
    const isTooWide = '() => document.documentElement.scrollWidth > document.documentElement.clientWidth'
    if ((await page.evaluate(`(${isTooWide})()`)) === true) complaints.push(`${name} is wider than the window`)
  }

  async function fillIn(page: Page, fields: Record<string, string>, button: string): Promise<void> {
    for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value)
    await page.locator('main').getByRole('button', { name: button, exact: true }).click()
  }

  const logIn = async (page: Page, name: string, password: string): Promise<void> => {
    await page.goto('/login')
    await fillIn(page, { Name: name, Password: password }, 'Log in')
  }

  const whoIs = async (page: Page): Promise<string | undefined> => (await page.locator('.who').allTextContents())[0]

  test('a guest without script fills a cart, registers and keeps it', async () => {
    const page = await openPage({ javaScriptEnabled: false })
    await page.getByRole('button', { name: 'Add Moth lamp to the cart' }).click()
    await page.getByRole('button', { name: 'Add Moth lamp to the cart' }).click()
    await page.getByRole('button', { name: 'Add Hand lens to the cart' }).click()
    await page.getByRole('button', { name: 'Remove one Moth lamp' }).click()
    assert.match((await page.locator('.cart').textContent()) ?? '', /Total\s*€70\.00/)
    await picture(page, 'shop-guest')
    await page.getByRole('link', { name: 'Register' }).click()
    await fillIn(page, { Name: 'ann', Password: 'dragonfly-1' }, 'Register')
    assert.match((await page.getByRole('alert').textContent()) ?? '', /taken/)
    await picture(page, 'register-refused')
    await fillIn(page, { Name: 'dragonfly', Password: 'dragonfly-1' }, 'Register')
    assert.equal(await whoIs(page), 'dragonfly')
    assert.match((await page.locator('.cart').textContent()) ?? '', /Total\s*€70\.00/)
    await picture(page, 'shop')
    await page.getByRole('button', { name: 'Log out' }).click()
    assert.equal(await whoIs(page), undefined)
  })

  test('a login goes back to the page that asked for it', async () => {
    const page = await openPage()
    await page.goto('/devices')
    assert.equal(new URL(page.url()).pathname, '/login')
    await fillIn(page, { Name: 'ann', Password: 'wrong-password' }, 'Log in')
    assert.equal(await page.getByLabel('Name').inputValue(), 'ann')
    await picture(page, 'login-refused')
    await fillIn(page, { Password: 'seven-moults' }, 'Log in')
    assert.equal(new URL(page.url()).pathname, '/devices')
  })

  test('two devices: one ends the other, changes the password, logs out everywhere', async () => {
    const laptop = await openPage()
    const phone = await openPage(PHONE)
    await laptop.goto('/register')
    await fillIn(laptop, { Name: 'mayfly', Password: 'mayfly-day-one' }, 'Register')
    await logIn(phone, 'mayfly', 'mayfly-day-one')
    await picture(phone, 'shop-phone')

    await laptop.getByRole('link', { name: 'Devices' }).click()
    assert.equal(await laptop.locator('.row').count(), 2)
    await picture(laptop, 'devices')
    await phone.goto('/devices')
    await picture(phone, 'devices-phone')
    await laptop.getByRole('button', { name: /^End the session/ }).click()
    assert.match((await laptop.getByRole('status').textContent()) ?? '', /ended/)
    await phone.reload()
    assert.equal(new URL(phone.url()).pathname, '/login')
    await picture(phone, 'login-phone')

    await logIn(phone, 'mayfly', 'mayfly-day-one')
    await laptop.getByRole('link', { name: 'Account' }).click()
    await fillIn(laptop, { 'Current password': 'mayfly-day-one', 'New password': 'mayfly-day-two' }, 'Change the password')
    assert.match((await laptop.getByRole('status').textContent()) ?? '', /changed/)
    await picture(laptop, 'account')
    await laptop.goto('/confirm')
    await picture(laptop, 'confirm')
    await phone.goto('/')
    assert.equal(await whoIs(phone), undefined)

    await logIn(phone, 'mayfly', 'mayfly-day-two')
    await phone.goto('/account')
    await picture(phone, 'account-phone')
    await phone.goto('/events')
    await picture(phone, 'events-phone')
    await laptop.goto('/events')
    await picture(laptop, 'events')
    await laptop.goto('/account')
    await laptop.getByRole('button', { name: 'Log out everywhere' }).click()
    await phone.goto('/')
    assert.deepEqual([await whoIs(laptop), await whoIs(phone)], [undefined, undefined])
  })

  test('the administrator sees the accounts, others and the lost see why not', async () => {
    const page = await openPage()
    await logIn(page, 'root', 'queen-of-the-hive')
    await page.getByRole('link', { name: 'Admin' }).click()
    await page.getByRole('button', { name: 'Disable: ann' }).click()
    await picture(page, 'admin')
    await page.getByRole('button', { name: 'Enable: ann' }).click()
    const phone = await openPage(PHONE)
    await logIn(phone, 'ann', 'seven-moults')
    assert.equal((await phone.goto('/admin'))?.status(), 403)
    await picture(phone, 'forbidden-phone')
    assert.equal((await page.goto('/nothing'))?.status(), 404)
    await picture(page, 'missing')
  })

  test('no browser had anything to complain of', () => {
    assert.deepEqual(complaints, [])
  })
})
