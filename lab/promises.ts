import type { Stack } from './apps/stack.ts'
import type { Matrix } from './matrix.ts'
import { isSafe } from './verdict.ts'

/** What a run shows to be other than it is promised, in words; `proven` names the attacks that have to harm a weak stack, or what they say of the others means nothing. */
export function complaintsOf({ cells }: Matrix, stacks: readonly Stack[], proven: readonly string[]): readonly string[] {
  const kindOf = (name: string): Stack['kind'] | undefined => stacks.find((stack) => stack.name === name)?.kind
  const harmless = proven.filter((name) => {
    const weak = cells.filter(({ attack, stack }) => attack === name && kindOf(stack) === 'weak')
    // What cannot even be tried says why.
    return (
      !weak.some(({ verdict }) => !isSafe(verdict)) && !(weak.length > 0 && weak.every(({ verdict, note }) => verdict === 'not possible' && note !== undefined))
    )
  })
  const broken = cells.filter(({ stack, verdict, note }) => {
    if (isSafe(verdict)) return false
    const kind = kindOf(stack)
    // What is a limit says so in its note.
    return kind === 'instar' ? note === undefined : kind === 'drop-in' && verdict === 'hijacked'
  })
  return [
    ...harmless.map((name) => `${name} harms no weak stack, so it proves nothing.`),
    ...broken.map(({ attack, stack, verdict }) => `${attack} on ${stack}: ${verdict}, which it must not be.`),
  ]
}
