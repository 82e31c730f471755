import type { Figures, SubjectFigures } from '../../bench/speed/figures.ts'
import { table } from './markdown.ts'
import { microseconds, settingOf } from './speed-cells.ts'

type Read = NonNullable<SubjectFigures['works']['read']>
interface Reader {
  readonly library: string | undefined
  readonly framework: string
  readonly store: string
  readonly read: Read
}

/** What a read costs: for each framework and store Instar, and each other library with the same engine; those that have no counterpart stand alone. */
export function summary(figures: Figures): string {
  const readers = Object.values(figures.subjects).flatMap(({ library, framework, store, works }): Reader[] =>
    works.read ? [{ library, framework, store, read: works.read }] : [],
  )
  const rows = readers.filter(isBare).flatMap((bare) => {
    const here = readers.filter(({ framework }) => framework === bare.framework)
    const ours = here.filter(({ library }) => library === 'instar')
    const others = here.filter(isOther)
    const beside = ours.flatMap((our) => {
      const same = others.filter(({ store }) => engineOf(store) === engineOf(our.store))
      return same.length > 0 ? same.map((other) => rowOf(bare, our, other)) : [rowOf(bare, our, undefined)]
    })
    const alone = others.filter(({ store }) => !ours.some((our) => engineOf(our.store) === engineOf(store)))
    return [...beside, ...alone.map((other) => rowOf(bare, undefined, other))]
  })
  return [
    table(['framework', 'store', 'bare', 'Instar', 'beside', 'its cost', 'Instar to it'], rows),
    `Microseconds of CPU time of the server's process for a read of a login: *bare* is the framework without sessions and with the same answer, the others are what comes on top of that. A fifth of the windows was faster. ${settingOf(figures)}`,
  ].join('\n\n')
}

const isBare = ({ library }: Reader): boolean => library === undefined
const isOther = ({ library }: Reader): boolean => library !== undefined && library !== 'instar' && !library.startsWith('@instar/')

/** Without what is set up beside it, such as a cache. */
const engineOf = (store: string): string => store.split(',', 1)[0] as string

function rowOf(bare: Reader, our: Reader | undefined, other: Reader | undefined): readonly string[] {
  const [ours, theirs] = [our?.read.cost?.fifth, other?.read.cost?.fifth]
  const store = our?.store ?? other?.store ?? ''
  const name = other && (other.store === store ? other.library : `${other.library}, ${other.store}`)
  const ratio = ours !== undefined && theirs !== undefined && theirs > 0 ? (ours / theirs).toFixed(2) : ''
  const shown = (cost: number | undefined): string => (cost === undefined ? '' : microseconds(cost))
  return [bare.framework, store, microseconds(bare.read.cpu.fifth), shown(ours), name ?? '', shown(theirs), ratio]
}
