import { STACKS, type Stack } from './apps/stack.ts'
import { DEFENCES, type Defence, weakenedHome } from './defences.ts'
import { type Cell, type Matrix, playAll, type World } from './matrix.ts'

const NATIVE = STACKS.find(({ file }) => file === 'instar-express') as Stack

export const stackWithout = ({ name, title }: Defence): Stack => ({ ...NATIVE, name: `without ${name}`, title: `Instar without ${title}` })

/** Instar on Express with one defence after the other switched off: which attacks come back. */
export async function playWeakened(world: World, only: string, report: (cell: Cell) => void): Promise<Matrix> {
  const homes = DEFENCES.map((defence) => weakenedHome(world.homes.of(NATIVE), defence))
  try {
    const venues = DEFENCES.map((defence, at) => ({ stack: stackWithout(defence), home: homes[at]?.folder as string, flags: ['--conditions=instar-source'] }))
    const { cells, seconds } = await playAll(world, venues, only, report)
    return { cells, seconds }
  } finally {
    for (const home of homes) home.remove()
  }
}
