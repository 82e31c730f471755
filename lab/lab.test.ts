import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { STACKS, type Stack } from './apps/stack.ts'
import { attacks, type NamedAttack } from './attacks/index.ts'
import { combined, DEFENCES, type Defence } from './defences.ts'
import type { Matrix } from './matrix.ts'
import { comebacksOf, complaintsOf, missedComebacks } from './promises.ts'
import { shortened } from './recorder.ts'
import { pageOf } from './report/page.ts'
import { textOf, weakenedTextOf } from './report/text.ts'
import type { Remainder } from './stage.ts'
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

const attackOf = (name: string, more: Partial<NamedAttack> = {}): NamedAttack => ({
  ...{ name, title: name, who: name, story: name, decides: name, play: () => Promise.reject(new Error('Nobody plays here.')) },
  ...more,
})
const left = (verdict: Verdict, more: Partial<Remainder> = {}): Remainder => ({ verdicts: [verdict], note: 'left', ...more })

test('an attack that harms no weak stack proves nothing, and that is said, unless it may have nothing to attack', () => {
  const stacks = [weak, dropIn, native]
  const all = [attackOf('a'), attackOf('b', { withDropIns: left('does not stick') }), attackOf('c'), attackOf('d', { mayHaveNothing: true })]
  const matrix = matrixOf(
    cell('a', weak, 'hijacked'),
    cell('b', weak, 'safe'),
    cell('b', dropIn, 'does not stick'),
    cell('c', weak, 'not possible', 'why'),
    cell('d', weak, 'not possible', 'why'),
  )
  deepEqual(complaintsOf(matrix, stacks, all, true), ['b harms no weak stack, so it proves nothing.', 'c harms no weak stack, so it proves nothing.'])
  deepEqual(complaintsOf(matrix, stacks, all, false), [])
})

test('what is said to end a harm with the drop-ins has to be seen to end it', () => {
  const matrix = matrixOf(cell('a', weak, 'hijacked'), cell('a', dropIn, 'forged'), cell('b', weak, 'hijacked'), cell('b', dropIn, 'safe'))
  const all = ['a', 'b'].map((name) => attackOf(name, { withDropIns: left('forged', { endedOn: dropIn.name }) }))
  deepEqual(complaintsOf(matrix, [weak, dropIn], all, true), ['a is not safe on dropped, where it is said to have ended.'])
})

test('what is not stopped is a complaint, unless it is known to be left, there and with that verdict; a hijack is left only where an option ends it', () => {
  const stacks = [weak, dropIn, native]
  const kept = (name: string, of: Stack, verdict: Verdict, more: Partial<NamedAttack> = {}): boolean =>
    complaintsOf(matrixOf(cell(name, of, verdict, 'a note')), stacks, [attackOf(name, more)], false).length === 0
  equal(kept('a', weak, 'hijacked'), true)
  equal(kept('a', native, 'does not stick'), false)
  equal(kept('a', native, 'does not stick', { limit: left('does not stick') }), true)
  equal(kept('a', native, 'forged', { limit: left('does not stick') }), false)
  equal(kept('a', native, 'does not stick', { withDropIns: left('does not stick') }), false)
  equal(kept('a', native, 'hijacked', { limit: left('hijacked', { endedOn: dropIn.name }) }), false)
  equal(kept('a', native, 'not possible'), false)
  equal(kept('a', native, 'not possible', { mayHaveNothing: true }), true)
  equal(kept('a', dropIn, 'does not stick'), false)
  equal(kept('a', dropIn, 'does not stick', { withDropIns: left('does not stick') }), true)
  equal(kept('a', dropIn, 'does not stick', { withDropIns: left('does not stick', { stacks: ['another'] }) }), false)
  equal(kept('a', dropIn, 'hijacked', { withDropIns: left('hijacked') }), false)
  equal(kept('a', dropIn, 'hijacked', { withDropIns: left('hijacked', { endedOn: 'another' }) }), true)
})

test('what comes back is worse than before, and what should come back and does not is told', () => {
  const [first, second] = DEFENCES as [Defence, Defence]
  const off = stack('off', 'instar')
  const before = matrixOf(cell('a', native, 'safe'), cell('b', native, 'does not stick'), cell('c', native, 'not possible'))
  const comebacks = comebacksOf(matrixOf(cell('a', off, 'hijacked'), cell('b', off, 'does not stick'), cell('c', off, 'safe')), before, native.name)
  deepEqual(
    comebacks.map(({ attack }) => attack),
    ['a'],
  )
  const named = [
    { ...first, bringsBack: ['a', 'b'] },
    { ...second, bringsBack: [] },
  ]
  deepEqual(
    missedComebacks(comebacks, named, () => 'off'),
    ['b does not come back off, though it should.'],
  )
})

test('of two defences that change one line the first is switched off whole', () => {
  const [guard, signals] = ['guard', 'signals'].map((name) => DEFENCES.find((defence) => defence.name === name) as Defence) as [Defence, Defence]
  const both = combined([guard, signals]).edits
  for (const edit of guard.edits) ok(both.includes(edit))
  equal(new Set(both.map(({ file, find }) => file + find)).size, both.length)
})

test('each attack is named once, tells its story, and each defence finds its lines in the library', async () => {
  const all = await attacks()
  equal(new Set(all.map(({ name }) => name)).size, all.length)
  for (const { name, title, who, story, decides } of all) for (const text of [title, who, story, decides]) ok(text.length > 10, name)
  for (const { bringsBack } of DEFENCES)
    for (const name of bringsBack)
      ok(
        all.some((attack) => attack.name === name),
        name,
      )
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
  const back = cell(first.name, weak, 'hijacked')
  const stories = new Map([[`${first.name}/${STACKS[0]?.name}`, steps]])
  const page = pageOf(matrix, { stacks: [weak], comebacks: [back] }, all, STACKS, stories, new Map([['x', 'data:image/webp;base64,']]))
  for (const { title } of all) ok(page.includes(title))
  equal(page.includes('alert(1)</script>'), false)
  match(page, /class="v-bad"><a href="#[^"]+" aria-label="[^"]+: hijacked"/)
  match(page, /<b>The weak<\/b><ul><li><span class="sign v-bad">H<\/span>/)
  match(textOf(matrix, all, STACKS), /^H {2}.*/m)
  match(weakenedTextOf(matrixOf(cell(first.name, weak, 'hijacked')), [cell(first.name, weak, 'hijacked')], all), new RegExp(`H {2}${first.title}`))
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
