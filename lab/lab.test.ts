import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { STACKS, type Stack } from './apps/stack.ts'
import { attacks, type NamedAttack } from './attacks/index.ts'
import { combined, DEFENCES } from './defences.ts'
import type { Matrix } from './matrix.ts'
import { complaintsOf } from './promises.ts'
import { shortened } from './recorder.ts'
import { pageOf } from './report/page.ts'
import { textOf, weakenedTextOf } from './report/text.ts'
import type { Verdict } from './verdict.ts'

// What the lab says of what it has seen; the plays themselves are run by `npm run lab`.

const stack = (name: string, kind: Stack['kind']): Stack => ({ name, title: `The ${name}`, file: name, home: 'originals', kind })
const [weak, dropIn, native] = [stack('weak', 'weak'), stack('dropped', 'drop-in'), stack('native', 'instar')]
const cell = (attack: string, of: Stack, verdict: Verdict, note?: string) => ({
  attack,
  stack: of.name,
  verdict,
  milliseconds: 1,
  ...(note !== undefined && { note }),
})
const matrixOf = (...cells: Matrix['cells']): Matrix => ({ cells, seconds: 1 })

const attackOf = (name: string, endedOn?: string): NamedAttack => ({
  ...{ name, title: name, who: name, story: name, decides: name, play: () => Promise.reject(new Error('Nobody plays here.')) },
  withDropIns: { note: 'left', ...(endedOn !== undefined && { endedOn }) },
})

test('an attack that harms no weak stack proves nothing, and that is said; one that the browser refuses says so itself', () => {
  const stacks = [weak, dropIn, native]
  const all = ['a', 'b', 'c', 'd'].map((name) => attackOf(name))
  const matrix = matrixOf(
    cell('a', weak, 'hijacked'),
    cell('b', weak, 'safe'),
    cell('b', dropIn, 'does not stick', 'left'),
    cell('c', weak, 'not possible'),
    cell('d', weak, 'not possible', 'the browser refuses'),
  )
  deepEqual(complaintsOf(matrix, stacks, all, true), ['b harms no weak stack, so it proves nothing.', 'c harms no weak stack, so it proves nothing.'])
  deepEqual(complaintsOf(matrix, stacks, all, false), [])
})

test('what is said to end a harm with the drop-ins has to be seen to end it', () => {
  const matrix = matrixOf(cell('a', weak, 'hijacked'), cell('a', dropIn, 'forged', 'left'), cell('b', weak, 'hijacked'), cell('b', dropIn, 'safe'))
  deepEqual(complaintsOf(matrix, [weak, dropIn], [attackOf('a', dropIn.name), attackOf('b', dropIn.name)], true), [
    'a is not safe on dropped, where it is said to have ended.',
  ])
})

test('what is not stopped is a complaint, unless it is a limit that says so; a hijack is no limit', () => {
  const cells = [
    cell('a', native, 'does not stick'),
    cell('b', native, 'in the attacker’s account', 'a limit'),
    cell('c', dropIn, 'does not stick', 'left'),
    cell('d', dropIn, 'hijacked', 'left'),
    cell('e', weak, 'hijacked'),
    cell('f', dropIn, 'does not stick'),
    cell('g', native, 'hijacked', 'a limit'),
  ]
  deepEqual(complaintsOf(matrixOf(...cells), [weak, dropIn, native], [], false), [
    'a on native: does not stick, which it must not be.',
    'd on dropped: hijacked, which it must not be.',
    'f on dropped: does not stick, which it must not be.',
    'g on native: hijacked, which it must not be.',
  ])
})

test('each attack is named once, tells its story, and each defence finds its lines in the library', async () => {
  const all = await attacks()
  equal(new Set(all.map(({ name }) => name)).size, all.length)
  for (const { name, title, who, story, decides } of all) for (const text of [title, who, story, decides]) ok(text.length > 10, name)
  for (const { name, edits } of [...DEFENCES, combined(DEFENCES)])
    for (const { file, find } of edits) {
      const source = readFileSync(join(import.meta.dirname, '../packages/instar/src', file), 'utf8')
      equal(source.split(find).length, 2, `${name}: ${find}`)
    }
})

test('the page shows every cell, and nothing that is in it as anything but text', async () => {
  const all = (await attacks()).slice(0, 2)
  const [first, second] = all as [(typeof all)[0], (typeof all)[0]]
  const matrix = matrixOf(cell(first.name, STACKS[0] as Stack, 'hijacked'), cell(second.name, STACKS[0] as Stack, 'safe'))
  const steps = [{ text: '</script><script>alert(1)</script>', victim: 'x', attacker: 'x', wire: ['<b>'] }]
  const page = pageOf(
    matrix,
    matrixOf(cell(first.name, weak, 'hijacked')),
    all,
    STACKS,
    new Map([[`${first.name}/${STACKS[0]?.name}`, steps]]),
    new Map([['x', 'data:image/webp;base64,']]),
  )
  for (const { title } of all) ok(page.includes(title))
  equal(page.includes('alert(1)</script>'), false)
  match(page, /class="v-bad"><a href="#[^"]+" aria-label="[^"]+: hijacked"/)
  match(page, /<b>Instar weak<\/b><ul><li><span class="sign v-bad">H<\/span>/)
  match(textOf(matrix, all, STACKS), /^H {2}.*/m)
  match(weakenedTextOf(matrixOf(cell(first.name, weak, 'hijacked')), all), new RegExp(`H {2}${first.title}`))
})

test('the threat model names every attack, and none that is not there', async () => {
  const model = readFileSync(join(import.meta.dirname, '../docs/threat-model.md'), 'utf8')
  const names = new Set((await attacks()).map(({ name }) => name))
  for (const name of names) ok(model.includes(`\`${name}\``), `the threat model does not name ${name}`)
  for (const { name } of STACKS) names.add(name)
  for (const [, name = ''] of model.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)) ok(names.has(name), `the threat model names ${name}`)
})

test('cookies are shortened', () => {
  equal(shortened('__Host-Http-sid=abcdefghijklmnopqrstuvwxyz; Path=/'), '__Host-Http-sid=abcdefghijkl…; Path=/')
})
