import type { Operations } from './operations.ts'
import type { Purge } from './purge.ts'
import type { Result } from './worker.ts'

const OPERATIONS = ['baseline', 'find', 'update', 'listByUser'] as const

/** A table of the sizes, how the medians grew, and what the purge did. */
export function reportOf({ sizes, purge, payloadBytes }: Result): string {
  const rows = Object.entries(sizes).map(([size, figures]) => [size, figures.bytesPerRow, ...OPERATIONS.map((operation) => shown(figures[operation]))])
  const growth = OPERATIONS.map((operation) => `${growthOf(sizes, operation).toFixed(2)}x`)
  const table = aligned([['rows', 'bytes a row', ...OPERATIONS.map((name) => `${name}, µs`)], ...rows, ['growth', '', ...growth]])
  return `${table}\nEach time: median / 99th percentile. A payload has ${payloadBytes} bytes.\n${purge ? purgeReport(purge) : 'The engine removes by itself what has expired.'}`
}

/** The median at the largest size by that at the smallest. */
export function growthOf(sizes: Result['sizes'], operation: keyof Operations): number {
  const medians = Object.values(sizes).map((figures) => figures[operation].median)
  return (medians.at(-1) ?? 0) / Math.max(medians[0] ?? 0, 0.1)
}

function purgeReport({ removed, seconds, batches, firstBatches, lastBatches, loginsBefore, loginsDuring }: Purge): string {
  const ofBatches = `the first tenth ${firstBatches.found} + ${firstBatches.removed} µs to find and remove, the last ${lastBatches.found} + ${lastBatches.removed} µs`
  const lines = [
    `Purge: ${removed} rows in ${seconds} s${batches === 0 ? '' : `, ${batches} batches, ${ofBatches}`}.`,
    ...[loginsBefore, loginsDuring].map(
      ({ samples, median, p99, slowest }, n) =>
        `Logins ${n === 0 ? 'before' : 'during'}: ${samples}; median ${median}, 99th percentile ${p99}, slowest ${slowest} µs.`,
    ),
  ]
  return lines.join('\n')
}

const shown = ({ median, p99 }: { readonly median: number; readonly p99: number }): string => `${median} / ${p99}`

function aligned(lines: readonly (readonly (string | number)[])[]): string {
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => String(line[column]).length))) ?? []
  return lines.map((line) => line.map((cell, column) => String(cell).padStart(widths[column] ?? 0)).join('   ')).join('\n')
}
