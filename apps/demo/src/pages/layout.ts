import { type Html, html } from '../html.ts'

export interface Frame {
  readonly title: string
  readonly nonce: string
  /** The page's path, to mark it in the menu. */
  readonly path: string
  /** Who sees the page: null for a guest, undefined where that is not known. */
  readonly visitor?: Visitor | null
  readonly notices?: readonly string[]
}

interface Visitor {
  readonly username: string
  readonly isAdministrator: boolean
  readonly csrf: Html
}

/** A whole page around its content. */
export function layout({ title, nonce, path, visitor, notices = [] }: Frame, content: Html): string {
  const link = (to: string, text: string): Html => html`<a href="${to}"${to === path && html` aria-current="page"`}>${text}</a>`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Instar Field Supply</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/style.css" nonce="${nonce}">
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top">
  <a class="brand" href="/"><img src="/icon.svg" alt="" width="28" height="28"> Instar <span>Field Supply</span></a>
  <nav aria-label="Main">
    ${link('/', 'Shop')}
    ${visitor && [link('/devices', 'Devices'), ' ', link('/events', 'Events'), ' ', link('/account', 'Account')]}
    ${visitor?.isAdministrator && link('/admin', 'Admin')}
  </nav>
  <div class="visitor">
    ${visitor && html`<span class="who">${visitor.username}</span> <form method="post" action="/logout">${visitor.csrf}<button class="quiet">Log out</button></form>`}
    ${visitor === null && [link('/login', 'Log in'), ' ', link('/register', 'Register')]}
  </div>
</header>
<main id="content">
  ${notices.map((notice) => html`<p class="notice" role="status">${notice}</p>`)}
  ${content}
</main>
<footer>A demonstration of Instar. Nothing here is for sale, except the idea.</footer>
</body>
</html>
`.toString()
}
