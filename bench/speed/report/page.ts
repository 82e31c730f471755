import type { Figures } from '../figures.ts'
import { goalsOf } from '../goals.ts'
import type { WorkName } from '../works/work.ts'
import { costChart, growthChart, WIDTHS, type Width } from './charts.ts'
import { STYLE } from './style.ts'
import { COLUMNS, legendOf, rowsOf, standing } from './text.ts'

/** One self-contained page: the goals, a plot and a table for each work, and what a read costs while things grow. */
export function pageOf(figures: Figures): string {
  const works = Object.entries(figures.works).map(([work, title]) => workSection(figures, work as WorkName, title))
  const growth = figures.growth.map((each) => `<section><h2>${escaped(each.title)}</h2>${both((width) => growthChart(each, width))}</section>`)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What a session costs</title>
<style>${STYLE}</style>
<h1>What a session costs</h1>
<p>CPU time of the server process for each request above what the bare framework takes for the same answer, in microseconds; a fifth of the ${figures.windowMilliseconds} ms windows was faster.
<span class="key ours">Instar</span> <span class="key drop-in">its drop-ins</span> <span class="key peer">others</span></p>
${goalsSection(figures)}
${works.join('\n')}
${growth.join('\n')}
${lostSection(figures)}
<pre>${escaped(legendOf(figures))}</pre>
</html>
`
}

function goalsSection(figures: Figures): string {
  const items = goalsOf(figures).map((goal) => {
    const state = goal.isReached === undefined ? 'open' : goal.isReached ? 'yes' : 'no'
    return `<tr class="${state}"><td>${goal.number}<td class="standing">${standing(goal)}<td>${escaped(goal.goal)}<td>${escaped(goal.measured)}`
  })
  return `<section><h2>Goals</h2><div class="wide-table"><table class="goals"><tr><th><th><th>goal<th>measured${items.join('')}</table></div></section>`
}

function workSection(figures: Figures, work: WorkName, title: string): string {
  const rows = rowsOf(figures, work).map(
    ([name = '', ...cells]) =>
      `<tr><td>${escaped(name)}${cells.map((cell) => `<td${cells.length === 1 ? ` colspan="${COLUMNS.length}"` : ''}>${escaped(cell)}`).join('')}`,
  )
  const head = ['', ...COLUMNS].map((column) => `<th>${escaped(column)}`).join('')
  const table = `<details><summary>All figures</summary><div class="wide-table"><table><tr>${head}${rows.join('')}</table></div></details>`
  return `<section><h2>${escaped(title)}</h2>${both((width) => costChart(figures, work, width) ?? '')}${table}</section>`
}

function lostSection({ subjects }: Figures): string {
  const rows = Object.entries(subjects).flatMap(([name, { lostUpdates }]) => (lostUpdates === undefined ? [] : [`<tr><td>${escaped(name)}<td>${lostUpdates}`]))
  return `<section><h2>Lost of 100 parallel writes to one session</h2><div class="wide-table"><table>${rows.join('')}</table></div></section>`
}

const both = (chart: (width: Width) => string): string =>
  (Object.keys(WIDTHS) as Width[]).map((width) => `<figure class="${width}">${chart(width)}</figure>`).join('')

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
