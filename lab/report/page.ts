import type { Stack } from '../apps/stack.ts'
import type { NamedAttack } from '../attacks/index.ts'
import type { Cell, Matrix } from '../matrix.ts'
import type { Screens, Step } from '../recorder.ts'
import { VERDICTS, type Verdict } from '../verdict.ts'
import { SIGNS } from './signs.ts'
import { STYLE } from './style.ts'

/** What was seen, by `attack/stack`. */
export type Stories = ReadonlyMap<string, readonly Step[]>

/** The builds with something switched off that were played, and what came back. */
export interface Without {
  readonly stacks: readonly { readonly name: string; readonly title: string }[]
  readonly comebacks: readonly Cell[]
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
const classOf = (verdict: Verdict): string => `v-${SIGNS[verdict].key}`
export const keyOf = (attack: string, stack: string): string => `${attack}/${stack}`

/** One page with everything in it: the matrix, and for each cell its story. */
export function pageOf(
  matrix: Matrix,
  without: Without,
  attacks: readonly NamedAttack[],
  stacks: readonly Stack[],
  stories: Stories,
  screens: Screens,
): string {
  const played = stacks.filter(({ name }) => matrix.cells.some(({ stack }) => stack === name))
  const cellOf = (attack: string, stack: string) => matrix.cells.find((cell) => cell.attack === attack && cell.stack === stack)
  const rows = attacks
    .filter(({ name }) => matrix.cells.some(({ attack }) => attack === name))
    .map(({ name, title, who }) => {
      const cells = played.map((stack) => {
        const cell = cellOf(name, stack.name)
        if (!cell) return '<td></td>'
        const { verdict, note } = cell
        const label = `${title}, on ${stack.title}: ${verdict}${note ? ` (${note})` : ''}`
        return `<td class="${classOf(verdict)}"><a href="#${escaped(encodeURI(keyOf(name, stack.name)))}" aria-label="${escaped(label)}" title="${escaped(label)}">${SIGNS[verdict].sign}</a></td>`
      })
      return `<tr><th scope="row">${escaped(title)}<small>${escaped(who)}</small></th>${cells.join('')}</tr>`
    })
  const heads = played.map(({ title, kind }) => `<th scope="col" class="k-${kind}"><span>${escaped(title)}</span></th>`)
  const legend = Object.entries(VERDICTS).map(
    ([verdict, meaning]) =>
      `<li><span class="sign ${classOf(verdict as Verdict)}">${SIGNS[verdict as Verdict].sign}</span> <b>${verdict}</b>: ${escaped(meaning)}</li>`,
  )
  const data = {
    attacks: Object.fromEntries(attacks.map(({ name, title, who, story, decides }) => [name, { title, who, story, decides }])),
    stacks: Object.fromEntries(played.map(({ name, title }) => [name, title])),
    cells: Object.fromEntries(
      matrix.cells.map(({ attack, stack, verdict, note }) => [keyOf(attack, stack), { verdict, note, meaning: VERDICTS[verdict], sign: SIGNS[verdict] }]),
    ),
    stories: Object.fromEntries(stories),
    screens: Object.fromEntries(screens),
  }
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>The attack lab</title><style>${STYLE}</style></head>
<body><header><h1>The attack lab</h1>
<p>A web application knows you by a cookie. Whoever has, or chose, the value of that cookie is you. Here each known attack on that cookie is played by a real browser, with a victim and an attacker, against
the same little bank, built in the ways that people build such things, and built on Instar. Choose a cell to see what happened.</p></header>
<main><div class="scroll" role="region" aria-label="The matrix" tabindex="0"><table><caption>${matrix.cells.length} plays in ${matrix.seconds} seconds. Each attack that this browser lets anybody play has harmed one of the weak applications at least.</caption>
<thead><tr><td></td>${heads.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>
<ul class="legend">${legend.join('')}</ul>
${withoutDefences(without, attacks)}
<section id="story" aria-label="What happened" tabindex="-1" hidden></section>
<noscript><p>The stories behind the cells need JavaScript; the matrix does not.</p></noscript>
<section><h2>Words</h2><dl>
<dt>Session</dt><dd>What a server remembers of a visitor between two pages, by an id that is in a cookie.</dd>
<dt>Session fixation</dt><dd>The attacker knows, or chooses, the id before the victim logs in. Where the id stays the same at the login, it is the victim’s login.</dd>
<dt>XSS</dt><dd>A script of the attacker’s that runs in a page of the bank, through a hole in it.</dd>
<dt>CSRF</dt><dd>A page of somebody else’s sends a form to the bank; the browser adds the victim’s cookies. A token in the bank’s own forms, which others cannot know, tells them apart. csurf is a package for that.</dd>
<dt>Sibling domain</dt><dd>Another sub-domain of the same site, such as evil.bank.test beside app.bank.test. It may set cookies for all of them.</dd>
<dt>keepSessionInfo</dt><dd>An option of Passport: what the session held before a login stays in it.</dd>
</dl></section></main>
<script type="application/json" id="data">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script><script>${SCRIPT}</script></body></html>
`
}

/** What comes back on Instar with something switched off. */
function withoutDefences({ stacks, comebacks }: Without, attacks: readonly NamedAttack[]): string {
  const items = stacks.map(({ name: stack, title }) => {
    const back = comebacks.filter((cell) => cell.stack === stack)
    const named = back.map(
      ({ attack, verdict }) =>
        `<li><span class="sign ${classOf(verdict)}">${SIGNS[verdict].sign}</span> ${escaped(attacks.find(({ name }) => name === attack)?.title ?? attack)}: ${verdict}</li>`,
    )
    return `<li><b>${escaped(title)}</b>${named.length === 0 ? ': nothing, while the others stand' : `<ul>${named.join('')}</ul>`}</li>`
  })
  return items.length === 0
    ? ''
    : `<section><h2>No defence holds alone</h2><p>The same attacks on Instar with something switched off, in a build that is never published: what comes back.</p><ul class="without">${items.join('')}</ul></section>`
}

/** Shows the story that the address names. No library, and nothing that is not text goes into the page as anything else. */
const SCRIPT = `
const data = JSON.parse(document.getElementById('data').textContent)
const section = document.getElementById('story')
const make = (tag, properties = {}, ...children) => { const made = Object.assign(document.createElement(tag), properties); made.append(...children); return made }
function show() {
  let key = ''
  try { key = decodeURI(location.hash.slice(1)) } catch {} // Somebody typed it.
  const cell = Object.hasOwn(data.cells, key) ? data.cells[key] : undefined
  section.hidden = !cell
  if (!cell) return
  const [attackName, stackName] = key.split('/'), attack = data.attacks[attackName], steps = data.stories[key] || []
  const picture = (who, name) => make('figure', {}, make('figcaption', { textContent: who }), data.screens[name] ? make('img', { src: data.screens[name], alt: who + "'s screen", width: 456, height: 336, loading: 'lazy' }) : make('p', { className: 'empty', textContent: 'has no page open' }))
  section.replaceChildren(
    make('h2', { textContent: attack.title }),
    make('p', { className: 'on', textContent: 'On ' + data.stacks[stackName] + '. Who can do it: ' + attack.who + '.' }),
    make('p', { textContent: attack.story }),
    make('ol', {}, ...steps.map((step) => make('li', {}, make('p', { textContent: step.text }),
      make('div', { className: 'screens' }, picture('Victim', step.victim), picture('Attacker', step.attacker)),
      step.wire.length ? make('details', {}, make('summary', { textContent: 'On the wire' }), make('pre', { textContent: step.wire.join('\\n') })) : ''))),
    make('p', { className: 'verdict v-' + cell.sign.key, textContent: cell.verdict + ': ' + cell.meaning + (cell.note ? ' (' + cell.note + ')' : '') }),
    make('p', { className: 'on', textContent: 'What decides: ' + attack.decides + '.' }),
    make('p', {}, Object.assign(make('a', { href: '#', textContent: 'Back to the matrix' }), { onclick: () => setTimeout(() => document.querySelector('td a[href="#' + encodeURI(key) + '"]')?.focus()) })),
  )
  section.focus()
  section.scrollIntoView()
}
addEventListener('hashchange', show)
show()
`
