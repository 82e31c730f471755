import { type Html, html } from '../html.ts'
import type { Page } from '../show-page.ts'

interface LoginView {
  readonly csrf: Html
  readonly username?: string
  readonly remember?: boolean
  readonly problem?: string
}

export function loginPage(view: LoginView): Page {
  const content = html`
<section class="card narrow">
  <h1>Log in</h1>
  ${problemText(view)}
  <form method="post" action="/login" class="fields">${view.csrf}
    ${nameField(view)}
    <label>Password <input type="password" name="password" required autocomplete="current-password"></label>
    ${rememberField(view)}
    <button>Log in</button>
  </form>
  <p class="faint">No account yet? <a href="/register">Register</a></p>
</section>`
  return { title: 'Log in', content }
}

export function registerPage(view: LoginView): Page {
  const content = html`
<section class="card narrow">
  <h1>Register</h1>
  ${problemText(view)}
  <form method="post" action="/register" class="fields">${view.csrf}
    ${nameField(view)}
    <p class="hint">1 to 32 small letters, digits, dots, dashes or underscores.</p>
    <label>Password <input type="password" name="password" required minlength="8" maxlength="128" autocomplete="new-password"></label>
    <p class="hint">8 to 128 characters. Length is what counts.</p>
    ${rememberField(view)}
    <button>Register</button>
  </form>
  <p class="faint">You have an account? <a href="/login">Log in</a></p>
</section>`
  return { title: 'Register', content }
}

const problemText = ({ problem }: LoginView): Html => html`${problem && html`<p class="problem" role="alert">${problem}</p>`}`

const nameField = ({ username }: LoginView): Html =>
  html`<label>Name <input name="username" value="${username}" required maxlength="32" autocomplete="username" autocapitalize="none" spellcheck="false"></label>`

const rememberField = ({ remember }: LoginView): Html =>
  html`<label class="check"><input type="checkbox" name="remember"${remember && html` checked`}> Keep me logged in on this device</label>`
