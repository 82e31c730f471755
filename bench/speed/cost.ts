import type { Figure } from './figures.ts'
import { quantile, rounded, spreadOf } from './statistics.ts'
import type { Window } from './timing.ts'

/** The figure of a work from its windows, and those of the bare framework in the same rounds. */
export function figureOf(windows: readonly Window[], bare: readonly Window[] | undefined): Omit<Figure, 'bytes' | 'commands'> {
  const cpu = spreadOf(windows.map((window) => window.cpu))
  const engines = windows.flatMap(({ engine }) => (engine === undefined ? [] : [engine]))
  return {
    windows: windows.length,
    cpu,
    ...(bare && { cost: costOf(windows, bare) }),
    ...(engines.length > 0 && { engine: rounded(quantile(engines, 0.2)) }),
    throughput: Math.round(
      quantile(
        windows.map(({ throughput }) => throughput),
        0.5,
      ),
    ),
    latency: {
      median: Math.round(
        quantile(
          windows.map(({ latencies }) => latencies.median),
          0.5,
        ),
      ),
      p99: Math.round(
        quantile(
          windows.map(({ latencies }) => latencies.p99),
          0.5,
        ),
      ),
    },
  }
}

function costOf(windows: readonly Window[], bare: readonly Window[]): NonNullable<Figure['cost']> {
  const fifth = (of: readonly Window[]): number =>
    quantile(
      of.map(({ cpu }) => cpu),
      0.2,
    )
  const differences = windows.flatMap(({ cpu }, round) => (bare[round] ? [cpu - bare[round].cpu] : []))
  const { firstQuarter, median, lastQuarter } = spreadOf(differences)
  return { fifth: rounded(fifth(windows) - fifth(bare)), firstQuarter, median, lastQuarter }
}
