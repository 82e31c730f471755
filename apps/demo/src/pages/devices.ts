import type { SessionInfo } from 'instar'
import { deviceName } from '../device-name.ts'
import { type Html, html } from '../html.ts'
import type { Page } from '../show-page.ts'
import { timeText } from './time.ts'

interface DevicesView {
  readonly sessions: readonly SessionInfo[]
  /** The handle of the session that looks at the page. */
  readonly current: string | null
  readonly csrf: Html
}

export function devicesPage({ sessions, current, csrf }: DevicesView): Page {
  const content = html`
<h1>Devices</h1>
<p class="lead">Where you are logged in. End what you do not know.</p>
<ul class="rows">${sessions.map((session) => deviceRow(session, session.handle === current, csrf))}</ul>
<div class="actions">
  ${sessions.length > 1 && html`<form method="post" action="/devices/revoke-others">${csrf}<button class="danger">Log out all other devices</button></form>`}
  <form method="post" action="/logout">${csrf}<button class="quiet" name="everywhere" value="1">Log out everywhere, here too</button></form>
</div>`
  return { title: 'Devices', content }
}

function deviceRow({ handle, device, createdAt, lastSeenAt, remember }: SessionInfo, isCurrent: boolean, csrf: Html): Html {
  const name = deviceName(device)
  return html`
  <li class="card row">
    <div>
      <h2>${name} ${isCurrent && html`<span class="tag">this device</span>`} ${remember && html`<span class="tag faint">kept logged in</span>`}</h2>
      <p class="faint">Logged in ${timeText(createdAt)}${lastSeenAt !== null && html` · last seen ${timeText(lastSeenAt)}`}</p>
    </div>
    ${!isCurrent && html`<form method="post" action="/devices/${handle}/revoke">${csrf}<button class="quiet" aria-label="End the session of ${name}">End</button></form>`}
  </li>`
}
