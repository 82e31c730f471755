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

export const differences: readonly KnownDifference[] = []
