import type { Difference, Place } from './compare.ts'

/** A difference from the original that is meant. */
export interface KnownDifference {
  readonly id: string
  /** What ours does. */
  readonly what: string
  readonly why: string
  readonly oldBehaviour: string
  /** What is left of a difference when this is taken out of it; the difference itself where this is not the reason. */
  explain(difference: Difference, place: Place): Difference
  /** Whether the two are in different states afterwards, so that the rest of the sequence cannot be compared. */
  readonly diverges?: boolean
}

const level = (difference: Difference): Difference => ({ ...difference, ours: difference.original })

export const differences: readonly KnownDifference[] = [
  {
    id: 'longer-ids',
    what: 'Ids have 256 random bits: 43 characters.',
    why: 'An id is also the name of a row; half of it must not be enough to guess the rest.',
    oldBehaviour: '192 bits: 32 characters.',
    explain: (difference) =>
      difference.part === 'ids' && difference.original.every((length) => length === '32') && difference.ours.every((length) => length === '43')
        ? level(difference)
        : difference,
  },
  {
    id: 'length-known',
    what: '`res.end(body)` without a write before it has a Content-Length.',
    why: 'The answer waits whole until the session is stored, so its length is known when its head goes.',
    oldBehaviour: 'Where the session had to be stored the body was written in two parts, chunked.',
    explain(difference) {
      const { part, original, ours } = difference
      if (part !== 'answer') return difference
      const body = bodyOf(original)
      const length = `Content-Length: ${Buffer.byteLength(body, 'latin1')}`
      if (!original.includes('Transfer-Encoding: chunked') || !ours.includes(length) || bodyOf(ours) !== body) return difference
      return { ...difference, original: original.filter((line) => line !== 'Transfer-Encoding: chunked'), ours: ours.filter((line) => line !== length) }
    },
  },
  {
    id: 'tombstones',
    what: 'In a store that is not ours, an id that ended leaves a mark under it for ten minutes: a session with the key `__instar` and nothing else.',
    why: 'A request that read the session before, in another process too, must see that it has ended, and not bring it back.',
    oldBehaviour: 'Nothing is left, and a slow request stores the session again.',
    explain(difference) {
      const { part, original, ours } = difference
      if (part === 'store') {
        const marks = ours.filter((line) => isMark(line) && !original.some((other) => nameIn(other) === nameIn(line)))
        return marks.length === 0 ? difference : { ...difference, ours: ours.filter((line) => !marks.includes(line)) }
      }
      if (part !== 'calls') return difference
      return { ...difference, ours: ours.map((call, at) => (call.startsWith('set ') && original[at] === `destroy ${call.slice(4)}` ? original[at] : call)) }
    },
  },
]

const bodyOf = (lines: readonly string[]): string => lines.find((line) => line.startsWith('body: '))?.slice(6) ?? ''
const nameIn = (line: string): string => line.slice(0, line.indexOf(' '))

function isMark(line: string): boolean {
  const { cookie, __instar: mark, ...others } = JSON.parse(line.slice(line.indexOf(' '))) as { cookie: { originalMaxAge: number }; __instar?: unknown }
  return mark !== undefined && cookie.originalMaxAge === 600_000 && Object.keys(others).length === 0
}
