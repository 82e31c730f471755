import type { SessionEventType } from 'instar'
import { deviceName } from '../device-name.ts'
import type { LoggedEvent } from '../event-log.ts'
import { type Html, html } from '../html.ts'
import type { Page } from '../show-page.ts'
import { timeText } from './time.ts'

interface Meaning {
  readonly title: string
  readonly meaning: string
  readonly isAlarming?: true
}

const MEANINGS: { readonly [Type in SessionEventType]?: Meaning } = {
  'session.login': { title: 'Logged in', meaning: 'A new session, under a new id.' },
  'session.logout': { title: 'Logged out', meaning: 'The session is over; its cookie opens nothing.' },
  'session.elevated': { title: 'Identity confirmed', meaning: 'The session got a new secret, which alone is worth the proof.' },
  'session.revoked': { title: 'Sessions ended', meaning: 'From another device, by an administrator, or because the account changed.' },
  'session.superseded_token': {
    title: 'An old cookie came back',
    meaning: 'A session that a login or logout had retired was tried again: a late request, or someone who had planted or copied it. It opened nothing.',
    isAlarming: true,
  },
  'session.stale_secret': {
    title: 'A wrong secret was tried',
    meaning: 'The handle of a session of yours came with a secret that does not open it.',
    isAlarming: true,
  },
  'session.delta_dropped': { title: 'A write was dropped', meaning: 'A request wrote to a session that ended meanwhile. Nothing was stored.' },
  'session.limit_reached': { title: 'Too many sessions', meaning: 'A login met the limit of sessions.' },
}

export function eventsPage(events: readonly LoggedEvent[]): Page {
  const content = html`
<h1>Events</h1>
<p class="lead">What the session library saw of this account, the latest first.</p>
<ol class="rows events">${events.map(eventRow)}</ol>
${events.length === 0 && html`<p class="faint">Nothing yet.</p>`}`
  return { title: 'Events', content }
}

function eventRow({ at, type, userAgent, details }: LoggedEvent): Html {
  const { title, meaning, isAlarming } = MEANINGS[type] ?? { title: type, meaning: '' }
  const facts = Object.entries(details).map(([name, value]) => html`<div><dt>${name}</dt> <dd>${shortened(value)}</dd></div>`)
  return html`
  <li class="card${isAlarming && ' alarming'}">
    <h2>${title} <span class="faint">${timeText(at)}</span></h2>
    <p>${meaning}</p>
    <dl class="facts"><div><dt>event</dt> <dd>${type}</dd></div> ${userAgent && html`<div><dt>device</dt> <dd>${deviceName(userAgent)}</dd></div>`} ${facts}</dl>
  </li>`
}

const shortened = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 24 ? `${text.slice(0, 22)}…` : text
}
