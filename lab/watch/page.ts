import type { Stack } from '../apps/stack.ts'
import type { NamedAttack } from '../attacks/index.ts'
import type { Defence } from '../defences.ts'
import { STYLE } from '../report/style.ts'

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** The page on which a person picks an attack and an application, and steps through it. */
export function watchPage(attacks: readonly NamedAttack[], stacks: readonly Stack[], defences: readonly Defence[], token: string): string {
  const option = ({ name, title }: { readonly name: string; readonly title: string }): string => `<option value="${escaped(name)}">${escaped(title)}</option>`
  const single = defences.filter(({ name }) => !name.includes(' and '))
  const boxes = single.map(({ name, title }) => `<label><input type="checkbox" name="off" value="${escaped(name)}"> ${escaped(title)}</label>`)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>The attack lab, step by step</title><style>${STYLE}${MORE}</style></head>
<body><header><h1>The attack lab, step by step</h1><p>Choose an attack and an application. Two browsers play it before your eyes, one step at a time.</p></header>
<main><form id="choice"><label>Attack <select name="attack">${attacks.map(option).join('')}</select></label>
<label>Application <select name="stack">${stacks.map(option).join('')}</select></label>
<fieldset id="defences"><legend>With Instar: switch off</legend>${boxes.join('')}</fieldset>
<p><button>Play</button> <button type="button" id="next" disabled>Next step</button></p></form>
<section id="story" aria-label="What happens" tabindex="-1"></section></main><script>const token = ${JSON.stringify(token)}${SCRIPT}</script></body></html>
`
}

const MORE = `
form{display:grid;grid-template-columns:minmax(0,1fr);gap:.8rem;max-width:52rem}form>label{display:grid;grid-template-columns:minmax(0,1fr)}select,button{font:inherit;padding:.35rem .6rem;max-width:100%}fieldset{min-width:0;border:1px solid var(--line);border-radius:.4rem;display:grid;grid-template-columns:repeat(auto-fit,minmax(min(17rem,100%),1fr));gap:.2rem 1rem}
button:focus-visible,select:focus-visible,input:focus-visible{outline:3px solid #2f6fde;outline-offset:2px}
`

const SCRIPT = `
const form = document.getElementById('choice'), next = document.getElementById('next'), section = document.getElementById('story'), boxes = document.getElementById('defences')
const make = (tag, properties = {}, ...children) => { const made = Object.assign(document.createElement(tag), properties); made.append(...children); return made }
let stream, id
const toggle = () => { boxes.disabled = !form.elements.stack.value.startsWith('instar') }
form.elements.stack.addEventListener('change', toggle)
toggle()
const picture = (who, url) => make('figure', {}, make('figcaption', { textContent: who }), url ? make('img', { src: url, alt: who + "'s screen", width: 456, height: 336 }) : make('p', { className: 'empty', textContent: 'has no page open' }))
const end = () => { stream?.close(); stream = undefined; next.disabled = true }
form.addEventListener('submit', (event) => {
  event.preventDefault()
  end()
  stream = new EventSource('/play?token=' + token + '&' + new URLSearchParams(new FormData(form)))
  const steps = make('ol')
  section.replaceChildren(make('p', { textContent: 'The browsers are getting ready …' }))
  stream.addEventListener('story', ({ data }) => {
    const story = JSON.parse(data)
    id = story.id
    section.replaceChildren(make('h2', { textContent: story.title }), make('p', { className: 'on', textContent: 'Who can do it: ' + story.who + '.' }), make('p', { textContent: story.story }), steps)
    section.focus()
  })
  stream.addEventListener('step', ({ data }) => {
    const step = JSON.parse(data)
    const item = make('li', {}, make('p', { textContent: step.text }), make('div', { className: 'screens' }, picture('Victim', step.victim), picture('Attacker', step.attacker)))
    if (step.wire.length) item.append(make('details', {}, make('summary', { textContent: 'On the wire' }), make('pre', { textContent: step.wire.join('\\n') })))
    steps.append(item)
    item.scrollIntoView({ block: 'nearest' })
    next.disabled = false
    next.focus()
  })
  stream.addEventListener('end', ({ data }) => {
    const { verdict, meaning, key, note } = JSON.parse(data)
    section.append(make('p', { className: 'verdict v-' + key, textContent: verdict + ': ' + meaning + (note ? ' (' + note + ')' : '') }))
    section.lastChild.scrollIntoView({ block: 'nearest' })
    end()
  })
  stream.addEventListener('failed', ({ data }) => { section.append(make('p', { className: 'verdict', textContent: JSON.parse(data).message })); end() })
  stream.onerror = () => { if (stream) { section.append(make('p', { textContent: 'The lab does not answer, or is playing for another page.' })); end() } }
})
next.addEventListener('click', () => { next.disabled = true; fetch('/next?token=' + token + '&id=' + encodeURIComponent(id), { method: 'POST' }) })
`
