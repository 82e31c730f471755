import { table } from './markdown.ts'

/** What a run of the attack lab wrote down, as far as pages show it. */
interface Lab {
  readonly command: string
  readonly date: string
  readonly browser: string
  readonly attacks: readonly { readonly name: string; readonly title: string }[]
  readonly stacks: readonly Stack[]
  readonly cells: readonly Cell[]
  readonly defences: readonly { readonly stack: string; readonly title: string }[]
  readonly weakened: readonly Cell[]
  /** Those of `weakened` that are worse than on the whole Instar. */
  readonly comebacks: readonly Cell[]
}

interface Stack {
  readonly name: string
  readonly title: string
  readonly kind: 'weak' | 'drop-in' | 'instar'
}

interface Cell {
  readonly attack: string
  readonly stack: string
  readonly verdict: string
  readonly note?: string
}

/** From the worst, with what a cell says. */
const WORDS: readonly (readonly [verdict: string, word: string])[] = [
  ['hijacked', '**hijacked**'],
  ['forged', '**forged**'],
  ['in the attacker’s account', '**wrong account**'],
  ['seen', '**seen**'],
  ['led away', '**led away**'],
  ['marked', 'marked'],
  ['does not stick', 'does not stick'],
  ['safe', 'safe'],
  ['not possible', '–'],
]

const list = (names: readonly string[]): string => `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
const rankOf = (verdict: string): number => WORDS.findIndex(([each]) => each === verdict)

/** A line for each attack: what came of it on each weak stack, and at worst with the drop-ins and on Instar. */
function matrix({ command, date, browser, attacks, stacks, cells }: Lab): string {
  const weak = stacks.filter(({ kind }) => kind === 'weak')
  const namesOf = (kind: Stack['kind']): readonly string[] => stacks.filter((stack) => stack.kind === kind).map(({ name }) => name)
  const notes: string[] = []
  const numberOf = (note: string): number => {
    if (!notes.includes(note)) notes.push(note)
    return notes.indexOf(note) + 1
  }
  const worst = (attack: string, names: readonly string[]): string => {
    const [first] = cells.filter((cell) => cell.attack === attack && names.includes(cell.stack)).sort((a, b) => rankOf(a.verdict) - rankOf(b.verdict))
    const word = WORDS.find(([verdict]) => verdict === first?.verdict)?.[1] ?? ''
    const saysWhy = first?.verdict !== 'not possible' || cells.every((cell) => cell.attack !== attack || cell.verdict === 'not possible')
    return first?.note !== undefined && saysWhy ? `${word} (${numberOf(first.note)})` : word
  }
  const rows = attacks.map(({ name, title }) => [
    title,
    ...weak.map((stack) => worst(name, [stack.name])),
    worst(name, namesOf('drop-in')),
    worst(name, namesOf('instar')),
  ])
  const applications = weak.map(({ name, title }) => (name === title ? `\`${name}\`` : `\`${name}\` is ${title}`))
  return [
    table(['attack', ...weak.map(({ name }) => name), 'the drop-ins', 'Instar'], rows),
    `${applications.join('; ')}. The drop-ins are in ${namesOf('drop-in').length} of these, and Instar is on ${list(frameworksOf(stacks))}; the worst of them is shown. ${browser}. \`${command}\`, ${date.slice(0, 10)}.`,
    notes.map((note, at) => `${at + 1}. ${note}`).join('\n'),
  ].join('\n\n')
}

const frameworksOf = (stacks: readonly Stack[]): readonly string[] =>
  stacks.filter(({ kind }) => kind === 'instar').map(({ name }) => name.replace('instar on ', ''))

/** A line for each defence that is switched off: what comes back. */
function weakened({ attacks, defences, comebacks }: Lab): string {
  const titles = new Map(attacks.map(({ name, title }) => [name, title]))
  const rows = defences.map(({ stack, title }) => {
    const back = comebacks.filter((cell) => cell.stack === stack)
    return [title, back.map(({ attack, verdict }) => `${titles.get(attack)}: ${verdict}`).join('; ') || 'nothing, while the others stand']
  })
  return table(['switched off', 'what comes back'], rows)
}

/** What Squarcina et al. found of thirteen frameworks in 2023, where the attacker may overwrite any cookie: a CSRF token fixed before the login, one fixed after it, a session fixed. */
const THIRTEEN: readonly (readonly [framework: string, before: string, after: string, session: string])[] = [
  ['Express, with Passport and csurf', 'bug, fixed unless `keepSessionInfo`', 'bug', 'fixed (CVE-2022-25896)'],
  ['Koa', 'bug', '–', 'ok'],
  ['Sails', 'bug, opt-in fix', '–', 'bug, opt-in fix'],
  ['Fastify', 'CVE-2023-29020', 'CVE-2023-27495', 'CVE-2023-29019'],
  ['Django', 'ok', 'bug', 'ok'],
  ['Yii2', 'ok', 'bug', 'ok'],
  ['Flask', 'bug', '–', 'ok'],
  ['Tornado', '–', 'bug, opt-in fix', 'ok'],
  ['Symfony', 'CVE-2022-24895', '–', 'ok'],
  ['CodeIgniter shield', 'CVE-2022-35943', 'removed', 'ok'],
  ['Laravel', 'ok', '–', 'ok'],
  ['ASP.NET Core', 'ok', '–', 'ok'],
  ['Spring', 'ok', '–', 'ok'],
]
const BEFORE = ['csrf-token-before']
const AFTER = ['csrf-token-after']
/** Those that fix a session before its login. */
const FIXED = [
  'shared-computer-copy',
  'shared-computer-plant',
  'url-id',
  'script-before-login',
  'script-partitioned',
  'sibling-domain',
  'sibling-path',
  'sibling-http-only',
]

/** Their table, and below it what the lab saw of applications of its own, each cell by attacks that it names. */
function crumbles({ stacks, cells, weakened: without }: Lab): string {
  const seen = (names: readonly string[], attacks: readonly string[]): string => {
    const played = [...cells, ...without].filter(
      ({ stack, attack, verdict }) => names.includes(stack) && attacks.includes(attack) && verdict !== 'not possible',
    )
    const named = (some: readonly Cell[]): string => [...new Set(some.map(({ attack }) => `\`${attack}\``))].join(', ')
    const harms = played.filter(({ verdict }) => rankOf(verdict) < rankOf('seen'))
    const isKeptOut = played.some(({ verdict }) => verdict === 'does not stick')
    if (harms.length === 0) return played.length === 0 ? '–' : `${isKeptOut ? 'ok, though a login may not stick' : 'ok'}: ${named(played)}`
    const worst = Math.min(...harms.map(({ verdict }) => rankOf(verdict)))
    return `${WORDS[worst]?.[1]}: ${named(harms)}`
  }
  const row = (title: string, names: readonly string[]): readonly string[] => [title, seen(names, BEFORE), seen(names, AFTER), seen(names, FIXED)]
  const own = (name: string): readonly string[] => row(`the lab’s ${stacks.find((stack) => stack.name === name)?.title}`, [name])
  const native = stacks.filter(({ kind }) => kind === 'instar').map(({ name }) => name)
  return table(
    ['framework', 'CSRF token fixed before the login', 'after the login', 'session fixed'],
    [
      ...THIRTEEN,
      ...['passport-05', 'passport-07', 'double-submit', 'passport-07, drop-in'].map(own),
      row(`**Instar on ${list(frameworksOf(stacks))}**`, native),
      row('Instar without the names that browsers protect, and without the look at Sec-Fetch-Site and Origin', ['without name and signals']),
    ],
  )
}

export const LAB_TABLES = { matrix, weakened, crumbles }
