import type { Result } from './trial.ts'

const COLUMNS: readonly (readonly [title: string, of: (result: Result) => string | number])[] = [
  ['fault', ({ fault }) => fault],
  ['engine', ({ engine }) => engine],
  ['driver', ({ driver }) => driver],
  ['rounds', ({ rounds }) => rounds],
  ['acknowledged', ({ acknowledged }) => acknowledged],
  ['errors', ({ errors }) => errors],
  ['acknowledged and lost', ({ lost }) => lost],
  ['logged out and alive again', ({ aliveAgain }) => aliveAgain],
  ['looked logged out', ({ lookedLoggedOut }) => lookedLoggedOut],
  ['users changed', ({ usersChanged }) => usersChanged],
  ['counted twice', ({ countedTwice }) => countedTwice],
  ['recovered', ({ recovered, rounds }) => `${recovered}/${rounds}`],
]

/** The results as lines of a Markdown table. */
export function tableOf(results: readonly Result[]): string {
  const lines = [COLUMNS.map(([title]) => title), ...results.map((result) => COLUMNS.map(([, of]) => String(of(result))))]
  const widths = COLUMNS.map((_, at) => Math.max(...lines.map((line) => (line[at] as string).length)))
  const texts = lines.map((line) => `| ${line.map((cell, at) => cell.padEnd(widths[at] as number)).join(' | ')} |`)
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`
  return [texts[0], rule, ...texts.slice(1)].join('\n')
}

/** A result in two lines, with what the table has no room for. */
export function summaryOf(result: Result): string {
  const { acknowledged, compared, strikes, reads, refusedReads, slowest, lost, lookedLoggedOut, aliveAgain, usersChanged, countedTwice, errorCodes } = result
  const found = `${lost} lost, ${lookedLoggedOut} looked logged out, ${aliveAgain} alive again, ${usersChanged} changed, ${countedTwice} counted twice`
  const errors = Object.entries(errorCodes).map(([actAndCode, count]) => `${count} ${actAndCode}`)
  return [
    `${result.fault}: ${result.engine}, ${result.driver}: ${acknowledged} acknowledged, ${compared} compared, ${found}`,
    `  ${strikes} strikes, ${reads} reads meanwhile and ${refusedReads} refused, slowest answer ${slowest} ms; errors: ${errors.join(', ') || 'none'}`,
  ].join('\n')
}
