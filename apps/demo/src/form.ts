import type { Request } from 'express'
import { type Html, html } from './html.ts'

/** A field of the posted form; an empty text when it is missing or came more than once. */
export function field(request: Request, name: string): string {
  const value = (request.body as { readonly [name: string]: unknown } | undefined)?.[name]
  return typeof value === 'string' ? value : ''
}

/** The hidden field that lets the form pass where a browser sends neither Sec-Fetch-Site nor Origin. */
export function csrfField(request: Request): Html {
  return html`<input type="hidden" name="_csrf" value="${request.session.csrfToken()}">`
}
