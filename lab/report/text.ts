import type { Stack } from '../apps/stack.ts'
import type { NamedAttack } from '../attacks/index.ts'
import type { Cell, Matrix } from '../matrix.ts'
import { VERDICTS, type Verdict } from '../verdict.ts'
import { SIGNS } from './signs.ts'

/** The matrix for a terminal: a line for each attack, a column for each stack. */
export function textOf({ cells, seconds }: Matrix, attacks: readonly NamedAttack[], stacks: readonly Stack[]): string {
  const played = stacks.filter(({ name }) => cells.some(({ stack }) => stack === name))
  const lines = attacks.flatMap(({ name, title }) => {
    const row = cells.filter(({ attack }) => attack === name)
    if (row.length === 0) return []
    const signs = played.map((stack) => SIGNS[row.find((cell) => cell.stack === stack.name)?.verdict ?? 'not possible'].sign.padEnd(3))
    return [`${signs.join('')} ${title}`]
  })
  const heads = played.map(({ name }, at) => `${'   '.repeat(at)}${at === 0 ? '' : ''}| ${name}`)
  const legend = Object.entries(SIGNS).map(([verdict, { sign }]) => `${sign}  ${verdict}: ${VERDICTS[verdict as Verdict]}`)
  const again = cells
    .filter((cell) => cell.again)
    .map(({ attack, stack }) => `Played again, since the first play did not come to its end: ${attack} on ${stack}`)
  return [...heads, ...lines, '', ...legend, ...again, `${cells.length} plays in ${seconds} s`].join('\n')
}

/** What comes back with a defence switched off. */
export function weakenedTextOf({ cells, seconds }: Matrix, comebacks: readonly Cell[], attacks: readonly NamedAttack[]): string {
  const stacks = [...new Set(cells.map(({ stack }) => stack))]
  const lines = stacks.map((stack) => {
    const back = comebacks.filter((cell) => cell.stack === stack)
    const named = back.map(({ attack, verdict }) => `  ${SIGNS[verdict].sign}  ${attacks.find(({ name }) => name === attack)?.title}`)
    return [`Instar ${stack}: ${back.length === 0 ? 'nothing comes back' : ''}`, ...named].join('\n')
  })
  return [...lines, `${cells.length} plays in ${seconds} s`].join('\n')
}
