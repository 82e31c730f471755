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
  ['does not stick', 'does not stick'],
  ['safe', 'safe'],
  ['not possible', '–'],
]

const rankOf = (verdict: string): number => WORDS.findIndex(([each]) => each === verdict)

/** A line for each attack: what came of it on each weak stack, and at worst with the drop-ins and on Instar. */
function matrix({ command, date, browser, attacks, stacks, cells }: Lab): string {
  const weak = stacks.filter(({ kind }) => kind === 'weak')
  const namesOf = (kind: Stack['kind']): readonly string[] => stacks.filter((stack) => stack.kind === kind).map(({ name }) => name)
  const notes: string[] = []
  const worst = (attack: string, names: readonly string[]): string => {
    const [first] = cells.filter((cell) => cell.attack === attack && names.includes(cell.stack)).sort((a, b) => rankOf(a.verdict) - rankOf(b.verdict))
    const word = WORDS.find(([verdict]) => verdict === first?.verdict)?.[1] ?? ''
    if (!first?.note || word === '–') return word
    if (!notes.includes(first.note)) notes.push(first.note)
    return `${word} (${notes.indexOf(first.note) + 1})`
  }
  const rows = attacks.map(({ name, title }) => [
    title,
    ...weak.map((stack) => worst(name, [stack.name])),
    worst(name, namesOf('drop-in')),
    worst(name, namesOf('instar')),
  ])
  return [
    table(['attack', ...weak.map(({ title }) => title), 'the drop-ins', 'Instar'], rows),
    `Of several applications the worst is shown: four with the drop-ins, and Instar on Express, Fastify and Hono. ${notes.map((note, at) => `(${at + 1}) ${note}.`).join(' ')} ${browser}. \`${command}\`, ${date.slice(0, 10)}.`,
  ].join('\n\n')
}

/** A line for each defence that is switched off: what comes back. */
function weakened({ attacks, defences, weakened: cells }: Lab): string {
  const titles = new Map(attacks.map(({ name, title }) => [name, title]))
  const rows = defences.map(({ stack, title }) => {
    const back = cells.filter((cell) => cell.stack === stack && rankOf(cell.verdict) < rankOf('safe') && cell.note === undefined)
    return [title, back.map(({ attack, verdict }) => `${titles.get(attack)}: ${verdict}`).join('; ') || 'nothing, while the others stand']
  })
  return table(['switched off', 'what comes back'], rows)
}

export const LAB_TABLES = { matrix, weakened }
