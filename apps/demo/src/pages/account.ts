import type { Account } from '../accounts.ts'
import { type Html, html } from '../html.ts'
import type { Page } from '../show-page.ts'
import { timeText } from './time.ts'

interface AccountView {
  readonly account: Account
  readonly csrf: Html
  readonly problem?: string
}

export function accountPage({ account, csrf, problem }: AccountView): Page {
  const content = html`
<h1>Account</h1>
<p class="lead">${account.username}, ${account.role}, since ${timeText(account.createdAt)}</p>
<div class="columns">
  <section class="card">
    <h2>Change the password</h2>
    <p class="faint">It ends all your other sessions.</p>
    ${problem && html`<p class="problem" role="alert">${problem}</p>`}
    <form method="post" action="/account/password" class="fields">${csrf}
      <input class="unseen" name="username" value="${account.username}" autocomplete="username" readonly tabindex="-1" aria-hidden="true">
      <label>Current password <input type="password" name="current" required autocomplete="current-password"></label>
      <label>New password <input type="password" name="password" required minlength="8" maxlength="128" autocomplete="new-password"></label>
      <p class="hint">8 to 128 characters. Length is what counts.</p>
      <button>Change the password</button>
    </form>
  </section>
  <section class="card">
    <h2>Log out everywhere</h2>
    <p class="faint">Ends every session of yours, this one too.</p>
    <form method="post" action="/logout">${csrf}<button class="danger" name="everywhere" value="1">Log out everywhere</button></form>
  </section>
</div>`
  return { title: 'Account', content }
}

export function confirmPage({ account, csrf, problem }: AccountView): Page {
  const content = html`
<section class="card narrow">
  <h1>Is it still you?</h1>
  <p class="faint">What comes next needs a proof that is at most ten minutes old.</p>
  ${problem && html`<p class="problem" role="alert">${problem}</p>`}
  <form method="post" action="/confirm" class="fields">${csrf}
    <label>Name <input name="username" value="${account.username}" autocomplete="username" readonly></label>
    <label>Password <input type="password" name="password" required autocomplete="current-password"></label>
    <button>Confirm</button>
  </form>
</section>`
  return { title: 'Confirm', content }
}
