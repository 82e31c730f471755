import { type Html, html } from '../html.ts'

const WRITTEN = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })

/** A moment, given in Unix milliseconds, as people read it and as machines do. */
export const timeText = (at: number): Html => html`<time datetime="${new Date(at).toISOString()}">${WRITTEN.format(at)} UTC</time>`
