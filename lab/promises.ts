import type { Stack } from './apps/stack.ts'
import type { NamedAttack } from './attacks/index.ts'
import type { Defence } from './defences.ts'
import type { Cell, Matrix } from './matrix.ts'
import type { Attack, Remainder } from './stage.ts'
import { isSafe, VERDICTS, type Verdict } from './verdict.ts'

/** What is known to be left of an attack, where its verdict on a stack is of it. */
export function remainderOf(attack: Attack, { kind, name }: Pick<Stack, 'kind' | 'name'>, verdict: Verdict): Remainder | undefined {
  const remainder = { weak: undefined, 'drop-in': attack.withDropIns, instar: attack.limit }[kind]
  return remainder?.verdicts.includes(verdict) && (remainder.stacks?.includes(name) ?? true) ? remainder : undefined
}

/**
 * What a run shows to be other than it is promised, in words. `isWhole` says that everything was played, so that each attack has to have harmed a weak stack, or what it says of
 * the others means nothing, and what is said to end a harm has to be seen to.
 */
export function complaintsOf({ cells }: Matrix, stacks: readonly Stack[], attacks: readonly NamedAttack[], isWhole: boolean): readonly string[] {
  const complaints: string[] = []
  for (const attack of attacks) {
    const { name, withDropIns, mayHaveNothing } = attack
    for (const stack of stacks)
      for (const cell of cells)
        if (cell.attack === name && cell.stack === stack.name && !isKept(attack, stack, cell))
          complaints.push(`${name} on ${stack.name}: ${cell.verdict}, which it must not be.`)
    if (!isWhole) continue
    const weak = cells.filter(({ attack, stack }) => attack === name && stacks.some((each) => each.name === stack && each.kind === 'weak'))
    const isImpossible = mayHaveNothing && weak.length > 0 && weak.every(({ verdict }) => verdict === 'not possible')
    if (!isImpossible && weak.every(({ verdict }) => isSafe(verdict))) complaints.push(`${name} harms no weak stack, so it proves nothing.`)
    const on = withDropIns?.endedOn
    if (on !== undefined && !cells.some(({ attack, stack, verdict }) => attack === name && stack === on && verdict === 'safe'))
      complaints.push(`${name} is not safe on ${on}, where it is said to have ended.`)
  }
  return complaints
}

/** On Instar everything is safe and with the drop-ins too, but for what is known to be left. A hijack is never left on Instar, and with the drop-ins only where an option ends it. */
function isKept(attack: Attack, stack: Stack, { verdict }: Cell): boolean {
  if (stack.kind === 'weak' || verdict === 'safe') return true
  if (verdict === 'not possible') return stack.kind === 'drop-in' || attack.mayHaveNothing === true
  const remainder = remainderOf(attack, stack, verdict)
  return remainder !== undefined && (verdict !== 'hijacked' || (stack.kind === 'drop-in' && remainder.endedOn !== undefined))
}

/** The cells of a weakened build that are worse than those of the whole one. */
export function comebacksOf(weakened: Matrix, { cells }: Matrix, whole: string): readonly Cell[] {
  const worst = Object.keys(VERDICTS)
  const rank = ({ verdict }: Cell): number => (verdict === 'not possible' ? worst.indexOf('safe') : worst.indexOf(verdict))
  return weakened.cells.filter((cell) => {
    const before = cells.find(({ attack, stack }) => attack === cell.attack && stack === whole)
    return rank(cell) < (before ? rank(before) : worst.indexOf('safe'))
  })
}

/** Where what is said to come back without a defence does not, its edits switch off something else than their title says, or the attack no longer tries it. */
export function missedComebacks(comebacks: readonly Cell[], defences: readonly Defence[], stackOf: (defence: Defence) => string): readonly string[] {
  return defences.flatMap((defence) =>
    defence.bringsBack
      .filter((name) => !comebacks.some(({ attack, stack }) => attack === name && stack === stackOf(defence)))
      .map((name) => `${name} does not come back ${stackOf(defence)}, though it should.`),
  )
}
