import { type Html, html } from '../html.ts'
import type { Page } from '../show-page.ts'

interface ErrorView {
  readonly status: number
  /** What the visitor may be told; a general word where it is missing. */
  readonly message: string | undefined
  /** The error's code, where it has one. */
  readonly code: unknown
}

export function errorPage({ status, message, code }: ErrorView): Page {
  const content = html`
<section class="card narrow">
  <p class="status">${status}</p>
  <h1>${headingOf(status)}</h1>
  <p>${message ?? generalWord(status)}</p>
  <p>${wayOut(code)}</p>
</section>`
  return { title: headingOf(status), content }
}

function headingOf(status: number): string {
  if (status === 401) return 'Please log in'
  if (status === 403) return 'That is not allowed'
  if (status === 404) return 'Nothing is here'
  if (status === 409) return 'Something changed meanwhile'
  return status < 500 ? 'That did not work' : 'Something went wrong'
}

function generalWord(status: number): string {
  return status < 500 ? 'The request cannot be answered as it is.' : 'The mistake is ours. Please try again in a moment.'
}

function wayOut(code: unknown): Html {
  if (code === 'login_required' || code === 'credentials_changed') return html`<a href="/login">Log in</a>`
  if (code === 'fresh_login_required') return html`<a href="/confirm">Confirm who you are</a>`
  return html`<a href="/">Back to the shop</a>`
}
