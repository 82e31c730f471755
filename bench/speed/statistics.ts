/** How measured values lie. Half of all lie between the quarters; the fifth is what a machine that others use too disturbs least. */
export interface Spread {
  readonly fifth: number
  readonly firstQuarter: number
  readonly median: number
  readonly lastQuarter: number
}

/** The value below which a share of all lie; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN
}

export function spreadOf(values: readonly number[]): Spread {
  const at = (share: number): number => rounded(quantile(values, share))
  return { fifth: at(0.2), firstQuarter: at(0.25), median: at(0.5), lastQuarter: at(0.75) }
}

/** To two digits after the point. */
export const rounded = (value: number): number => Math.round(value * 100) / 100

export const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)
