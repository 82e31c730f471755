// The bank that every stack serves: the same accounts, pages and addresses; what differs is how somebody is logged in.

/** A moment at which requests of one path wait until the lab lets them go on. */
export class Gate {
  #shut: string | undefined
  #waiting: (() => void)[] = []
  #arrived: { readonly count: number; readonly tell: () => void }[] = []

  shut(path: string): void {
    this.#shut = path
  }

  /** Resolves when so many requests wait here. */
  arrival(count: number): Promise<void> {
    return this.#waiting.length >= count ? Promise.resolve() : new Promise((tell) => void this.#arrived.push({ count, tell }))
  }

  open(): void {
    this.#shut = undefined
    for (const go of this.#waiting.splice(0)) go()
  }

  pass(path: string): Promise<void> {
    if (this.#shut !== path) return Promise.resolve()
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      for (const { count, tell } of this.#arrived) if (this.#waiting.length >= count) tell()
    })
  }
}

const PASSWORDS: { readonly [user: string]: string } = { ann: 'tiger-lily', eve: 'night-shade' }
export const passwordOf = (user: string): string => PASSWORDS[user] ?? ''

export interface Transfer {
  readonly from: string
  readonly to: string
}

export class Bank {
  readonly gate = new Gate()
  readonly transfers: Transfer[] = []

  /** The user whom a name and a password are of. */
  verify(name: unknown, password: unknown): string | undefined {
    return typeof name === 'string' && name in PASSWORDS && PASSWORDS[name] === password ? name : undefined
  }

  transfer(from: string, to: unknown): void {
    this.transfers.push({ from, to: String(to) })
  }
}

/** What a page shows of a session. */
export interface Shown {
  readonly user: string | null
  /** Kept in the session, before a login too. */
  readonly language: string | undefined
  readonly note: string | undefined
  /** The token that forms carry, where the stack has one. */
  readonly token?: string | undefined
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

function page(title: string, { user, language }: Shown, body: string): string {
  const who = user === null ? 'Nobody is logged in' : `Logged in as <strong>${escaped(user)}</strong>`
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title>
<style>body{font:1.1rem/1.5 system-ui;margin:0;background:#f4f6f8;color:#1b2733}header{background:#123b5d;color:#fff;padding:.8rem 1.2rem;display:flex;justify-content:space-between}
main{max-width:34rem;margin:1.2rem auto;background:#fff;padding:1.2rem 1.6rem;border-radius:.5rem}input,button{font:inherit;padding:.3rem .6rem;margin:.2rem 0}form{margin:.8rem 0}</style>
<header><b>First Bank of Lab</b><span id="who" data-user="${escaped(user ?? '')}">${who}</span></header><main><h1>${title}</h1>${body}<p><small>Language: <span id="language">${escaped(language ?? 'none chosen')}</span></small></p></main></html>`
}

const hidden = (token: string | undefined): string => (token === undefined ? '' : `<input type="hidden" name="_csrf" value="${escaped(token)}">`)

export const pages = {
  home: (shown: Shown): string =>
    page(
      'Welcome',
      shown,
      `<p><a href="/login">Log in</a> · <a href="/account">Your account</a></p>
<form id="language-form" method="post" action="/language">${hidden(shown.token)}<button name="language" value="Dutch">Dutch</button> <button name="language" value="English">English</button></form>`,
    ),

  login: (shown: Shown, failed: boolean): string =>
    page(
      'Log in',
      shown,
      `${failed ? '<p role="alert">That is not right.</p>' : ''}<form id="login" method="post" action="/login">${hidden(shown.token)}<label>Name <input name="name"></label><br><label>Password <input name="password" type="password"></label><br><button>Log in</button></form>`,
    ),

  account: (shown: Shown): string =>
    page(
      'Your account',
      shown,
      `<p>Balance of ${escaped(shown.user ?? '')}: <strong>${shown.user === 'ann' ? '€ 1,250.00' : '€ 3.10'}</strong></p><p id="note">${escaped(shown.note ?? '')}</p>
<form id="transfer" method="post" action="/transfer">${hidden(shown.token)}<label>To <input name="to"></label> <button>Transfer € 100</button></form>
<form id="note-form" method="post" action="/note">${hidden(shown.token)}<input name="note"> <button>Note</button></form>
<form id="logout" method="post" action="/logout">${hidden(shown.token)}<button>Log out</button></form>`,
    ),
}
