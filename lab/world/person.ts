import type { Browser, BrowserContext, Cookie, Page } from 'playwright-core'
import { passwordOf } from '../apps/bank.ts'
import { HOSTS } from './hosts.ts'
import type { RunningStack } from './running-stack.ts'

/** The language that somebody chooses who wants a session. */
export const CHOSEN = 'Dutch'

/** Somebody at a browser of their own. */
export class Person {
  readonly name: 'victim' | 'attacker'
  readonly context: BrowserContext
  readonly page: Page
  readonly #app: RunningStack

  private constructor(name: Person['name'], context: BrowserContext, page: Page, app: RunningStack) {
    this.name = name
    this.context = context
    this.page = page
    this.#app = app
  }

  static async arrive(name: Person['name'], browser: Browser, app: RunningStack): Promise<Person> {
    const context = await browser.newContext({ viewport: { width: 760, height: 560 } })
    context.setDefaultTimeout(10_000)
    return new Person(name, context, await context.newPage(), app)
  }

  /** The same person at another browser, where nothing is left of this one. */
  another(): Promise<Person> {
    return Person.arrive(this.name, this.context.browser() as Browser, this.#app)
  }

  /** Opens an address; a path is one of the bank's. */
  async visit(url: string): Promise<void> {
    await this.page.goto(url.startsWith('/') ? this.#app.url(url) : url)
  }

  /** Whom the bank takes them for, on the page where it matters; nobody where that page cannot be had. */
  async who(): Promise<string | null> {
    await this.visit('/account')
    return new URL(this.page.url()).pathname === '/account' ? this.shown() : null
  }

  /** The language that the page names which is open. */
  async language(): Promise<string | null> {
    const named = this.page.locator('#language')
    return (await named.count()) === 0 ? null : named.textContent()
  }

  /** Whom the page that is open names. */
  async shown(): Promise<string | null> {
    const named = this.page.locator('#who')
    return (await named.count()) === 0 ? null : (await named.getAttribute('data-user')) || null
  }

  /** Makes the bank keep something for them, so that they have a session, if the stack has any before a login. */
  async chooseLanguage(): Promise<void> {
    await this.visit('/')
    await this.page.getByRole('button', { name: CHOSEN }).click()
    await this.page.waitForLoadState()
  }

  /** By the form, as people do. */
  async logIn(user: string): Promise<void> {
    await this.visit('/login')
    await this.fillIn(user)
  }

  /** Fills in the form that is open. */
  async fillIn(user: string): Promise<void> {
    await this.page.getByLabel('Name').fill(user)
    await this.page.getByLabel('Password').fill(passwordOf(user))
    await this.page.getByRole('button', { name: 'Log in' }).click()
    await this.page.waitForLoadState()
  }

  async logOut(): Promise<void> {
    await this.visit('/account')
    await this.page.getByRole('button', { name: 'Log out' }).click()
    await this.page.waitForLoadState()
  }

  /** Presses Back. A page that the browser has kept as it was left comes without being loaded. */
  async goBack(): Promise<void> {
    const protocol = await this.context.newCDPSession(this.page)
    const { currentIndex, entries } = await protocol.send('Page.getNavigationHistory')
    const entry = entries[currentIndex - 1]
    if (!entry) throw new Error('There is no page to go back to.')
    await protocol.send('Page.enable')
    const shown = new Promise<string>((resolve) => protocol.once('Page.frameNavigated', ({ type }) => resolve(type)))
    await protocol.send('Page.navigateToHistoryEntry', { entryId: entry.id })
    const wasKept = (await shown) === 'BackForwardCacheRestore'
    await protocol.detach()
    if (!wasKept) await this.page.waitForLoadState()
  }

  /** The bank's cookies in this browser. */
  async cookies(): Promise<Cookie[]> {
    return this.context.cookies(`https://${HOSTS.app}/account`)
  }

  leave(): Promise<void> {
    return this.context.close()
  }
}
