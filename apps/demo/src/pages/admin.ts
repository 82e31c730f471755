import type { Account } from '../accounts.ts'
import { type Html, html } from '../html.ts'
import type { Page } from '../show-page.ts'

export interface AccountLine {
  readonly account: Account
  readonly sessions: number
}

interface AdminView {
  readonly lines: readonly AccountLine[]
  /** The id of the administrator who looks at the page. */
  readonly self: string
  readonly csrf: Html
}

export function adminPage({ lines, self, csrf }: AdminView): Page {
  const content = html`
<h1>Accounts</h1>
<ul class="rows">${lines.map((line) => accountRow(line, line.account.id === self, csrf))}</ul>
<div class="actions">
  <form method="post" action="/admin/end-all-sessions">${csrf}<button class="danger">End everyone's sessions</button></form>
</div>
<p class="faint">Everyone means everyone: you too will have to log in again, and guests lose their carts.</p>`
  return { title: 'Accounts', content }
}

function accountRow({ account, sessions }: AccountLine, isSelf: boolean, csrf: Html): Html {
  const { id, username, role, isDisabled } = account
  const action = (verb: string, text: string, style: string): Html =>
    html`<form method="post" action="/admin/accounts/${id}/${verb}">${csrf}<button class="${style}" aria-label="${text}: ${username}">${text}</button></form>`
  return html`
  <li class="card row">
    <div>
      <h2>${username} ${role === 'administrator' && html`<span class="tag">administrator</span>`} ${isDisabled && html`<span class="tag bad">disabled</span>`}</h2>
      <p class="faint">${sessions === 1 ? '1 session' : `${sessions} sessions`}</p>
    </div>
    <div class="actions">
      ${sessions > 0 && action('end-sessions', 'End sessions', 'quiet')}
      ${!isSelf && (isDisabled ? action('enable', 'Enable', 'quiet') : action('disable', 'Disable', 'quiet bad'))}
    </div>
  </li>`
}
