import type { Stack } from './apps/stack.ts'
import type { NamedAttack } from './attacks/index.ts'
import type { Cell, Matrix } from './matrix.ts'
import { isSafe } from './verdict.ts'

/**
 * What a run shows to be other than it is promised, in words. `isWhole` says that everything was played, so that each attack has to have harmed a weak stack, or what it says of
 * the others means nothing, and what is said to end a harm has to be seen to.
 */
export function complaintsOf({ cells }: Matrix, stacks: readonly Stack[], attacks: readonly NamedAttack[], isWhole: boolean): readonly string[] {
  const kinds = new Map(stacks.map(({ name, kind }) => [name, kind]))
  const complaints: string[] = []
  for (const cell of cells) if (!isKept(cell, kinds.get(cell.stack))) complaints.push(`${cell.attack} on ${cell.stack}: ${cell.verdict}, which it must not be.`)
  if (!isWhole) return complaints
  for (const { name, withDropIns } of attacks) {
    const weak = cells.filter(({ attack, stack }) => attack === name && kinds.get(stack) === 'weak')
    // What cannot even be tried says why.
    const isImpossible = weak.length > 0 && weak.every(({ verdict, note }) => verdict === 'not possible' && note !== undefined)
    if (!isImpossible && weak.every(({ verdict }) => isSafe(verdict))) complaints.push(`${name} harms no weak stack, so it proves nothing.`)
    const on = withDropIns?.endedOn
    if (on !== undefined && !cells.some(({ attack, stack, verdict }) => attack === name && stack === on && verdict === 'safe'))
      complaints.push(`${name} is not safe on ${on}, where it is said to have ended.`)
  }
  return complaints
}

/** On Instar everything is safe, and with the drop-ins nothing is hijacked; what else is left is a limit that says what it is. */
function isKept({ verdict, note }: Cell, kind: Stack['kind'] | undefined): boolean {
  if (isSafe(verdict) || kind === 'weak') return true
  return note !== undefined && verdict !== 'hijacked'
}
