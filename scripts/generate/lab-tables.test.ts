import { doesNotMatch, equal, match } from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LAB_TABLES } from './lab-tables.ts'

const cell = (attack: string, stack: string, verdict: string, note?: string) => ({ attack, stack, verdict, ...(note !== undefined && { note }) })
const stack = (name: string, kind: 'weak' | 'drop-in' | 'instar', title = `The ${name}`) => ({ name, title, kind })
const LAB = {
  command: 'npm run lab -- --record',
  date: '2026-01-02T03:04:05.000Z',
  browser: 'Chromium 1.2.3',
  attacks: [
    { name: 'csrf-token-before', title: 'A token' },
    { name: 'sibling-domain', title: 'A toss' },
  ],
  stacks: [
    stack('passport-05', 'weak', 'Passport 0.5'),
    stack('passport-07', 'weak'),
    stack('double-submit', 'weak', 'double-submit'),
    stack('passport-07, drop-in', 'drop-in'),
    stack('hardened, drop-in', 'drop-in'),
    stack('instar on Express', 'instar'),
    stack('instar on Hono', 'instar'),
  ],
  cells: [
    cell('csrf-token-before', 'passport-05', 'not possible', 'it has none'),
    cell('csrf-token-before', 'double-submit', 'forged'),
    cell('csrf-token-before', 'passport-07, drop-in', 'safe'),
    cell('csrf-token-before', 'hardened, drop-in', 'safe'),
    cell('csrf-token-before', 'instar on Express', 'safe'),
    cell('csrf-token-before', 'instar on Hono', 'safe'),
    cell('sibling-domain', 'passport-05', 'hijacked'),
    cell('sibling-domain', 'double-submit', 'does not stick'),
    cell('sibling-domain', 'passport-07, drop-in', 'does not stick', 'a name ends it'),
    cell('sibling-domain', 'hardened, drop-in', 'safe'),
    cell('sibling-domain', 'instar on Express', 'safe'),
    cell('sibling-domain', 'instar on Hono', 'safe'),
  ],
  defences: [
    { stack: 'without name', title: 'the name' },
    { stack: 'without name and signals', title: 'both' },
  ],
  weakened: [
    cell('sibling-domain', 'without name', 'does not stick'),
    cell('csrf-token-before', 'without name', 'in the attacker’s account', 'a limit'),
    cell('sibling-domain', 'without name and signals', 'safe'),
  ],
  comebacks: [cell('sibling-domain', 'without name', 'does not stick')],
}

describe('tables of the lab', () => {
  test('show each weak application, and the worst of those with the drop-ins and of Instar, with what is left of it', () => {
    const shown = LAB_TABLES.matrix(LAB)
    match(shown, /^\| attack \| passport-05 \| passport-07 \| double-submit \| the drop-ins \| Instar \|\n/)
    match(
      shown,
      /^\| A token \| – \| {2}\| \*\*forged\*\* \| safe \| safe \|\n\| A toss \| \*\*hijacked\*\* \| {2}\| does not stick \| does not stick \(1\) \| safe \|$/m,
    )
    match(
      shown,
      /^`passport-05` is Passport 0\.5; `passport-07` is The passport-07; `double-submit`\. The drop-ins are in 2 of these, and Instar is on Express and Hono;/m,
    )
    match(shown, / Chromium 1\.2\.3\. `npm run lab -- --record`, 2026-01-02\.\n\n1\. a name ends it$/)
    const refused = { ...LAB, cells: LAB.cells.map((each) => cell(each.attack, each.stack, 'not possible', 'the browser refuses')) }
    match(LAB_TABLES.matrix(refused), /^\| A token \| – \(1\) \|[\s\S]*\n1\. the browser refuses$/m)
  })

  test('show what comes back with each defence switched off, but no limit that is there with it too', () => {
    equal(
      LAB_TABLES.weakened(LAB),
      '| switched off | what comes back |\n| --- | --- |\n| the name | A toss: does not stick |\n| both | nothing, while the others stand |',
    )
  })

  test('show all thirteen frameworks, and below them what was harmed and by which attack', () => {
    const shown = LAB_TABLES.crumbles(LAB)
    equal(shown.split('\n').length, 2 + 13 + 6)
    match(shown, /^\| the lab’s Passport 0\.5 \| – \| – \| \*\*hijacked\*\*: `sibling-domain` \|$/m)
    match(shown, /^\| the lab’s double-submit \| \*\*forged\*\*: `csrf-token-before` \| – \| ok, though a login may not stick: `sibling-domain` \|$/m)
    match(shown, /^\| \*\*Instar on Express and Hono\*\* \| ok: `csrf-token-before` \| – \| ok: `sibling-domain` \|$/m)
    doesNotMatch(shown, /NaN|\bnull\b/)
  })
})
