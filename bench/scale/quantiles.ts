/** Of some durations, in microseconds, to a tenth. */
export interface Quantiles {
  readonly samples: number
  readonly median: number
  readonly p99: number
  readonly slowest: number
}

/** Of durations in milliseconds. */
export function quantilesOf(durations: readonly number[]): Quantiles {
  const sorted = durations.toSorted((left, right) => left - right)
  const at = (share: number): number => Math.round((sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0) * 10_000) / 10
  return { samples: sorted.length, median: at(0.5), p99: at(0.99), slowest: at(1) }
}

export const medianOf = (durations: readonly number[]): number => quantilesOf(durations).median
