import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent } from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { Figures, Growth } from '../figures.ts'
import { quantile } from '../statistics.ts'
import type { WorkName } from '../works/work.ts'

use([BarChart, LineChart, GridComponent, LegendComponent, SVGRenderer])

/** The widths that a chart is drawn for; a page shows the one that fits. */
export const WIDTHS = { narrow: 360, wide: 1080 } as const
export type Width = keyof typeof WIDTHS

/** Colours that the page replaces by its own, which follow light and dark. */
const COLOUR = {
  text: '#010101',
  line: '#020202',
  ours: '#030303',
  dropIn: '#040404',
  peer: '#050505',
  series: (nth: number): string => `#0a0a0${nth.toString(16)}`,
}
export const SERIES = 8

/** What the page's style has for the colours of a drawing. */
export function withVariables(svg: string): string {
  const variables: [string, string][] = [
    [COLOUR.text, 'text'],
    [COLOUR.line, 'line'],
    [COLOUR.ours, 'ours'],
    [COLOUR.dropIn, 'drop-in'],
    [COLOUR.peer, 'peer'],
    ...Array.from({ length: SERIES }, (_, nth): [string, string] => [COLOUR.series(nth), `series-${nth}`]),
  ]
  return variables.reduce((text, [colour, name]) => text.replaceAll(colour, `var(--${name})`), svg)
}

const BAR = 26

/** Bars of what a work costs on each subject; undefined where nothing was measured. */
export function costChart({ subjects }: Figures, work: WorkName, width: Width): string | undefined {
  const bars = Object.entries(subjects).flatMap(([name, { library, works }]) => {
    const cost = works[work]?.cost
    return cost && library ? [{ name, cost: cost.fifth, colour: colourOf(library) }] : []
  })
  if (bars.length === 0) return undefined
  const isWide = width === 'wide'
  const step = isWide ? BAR : BAR * 1.7
  return drawn(width, bars.length * step + 60, {
    grid: { left: isWide ? 440 : 4, right: 60, top: 4, bottom: 44 },
    xAxis: {
      type: 'value',
      min: 0,
      name: 'cost, µs',
      nameLocation: 'middle',
      nameGap: 26,
      nameTextStyle: { color: COLOUR.text },
      splitNumber: isWide ? 5 : 3,
      axisLabel: { color: COLOUR.text },
      splitLine: { lineStyle: { color: COLOUR.line } },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: bars.map(({ name }) => name),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: COLOUR.line } },
      axisLabel: {
        color: COLOUR.text,
        interval: 0,
        fontSize: isWide ? 13 : 11,
        // Where there is no room beside the bars, the names stand above them.
        ...(!isWide && { inside: true, margin: 0, verticalAlign: 'bottom', padding: [0, 0, 10, 0] }),
      },
      z: 2,
    },
    series: [
      {
        type: 'bar',
        data: bars.map(({ cost, colour }) => ({ value: Math.max(0, cost), itemStyle: { color: colour } })),
        barWidth: 12,
        ...(!isWide && { barCategoryGap: '60%' }),
        label: {
          show: true,
          position: 'right',
          color: COLOUR.text,
          formatter: ({ dataIndex }: { readonly dataIndex: number }) => shown(bars[dataIndex]?.cost ?? 0),
        },
      },
    ],
  })
}

const shown = (cost: number): string => (Math.abs(cost) < 100 ? cost.toFixed(1) : Math.round(cost).toLocaleString('en'))

const LEGEND_LINE = 24
/** For the longest name, in fonts that are wider than the one that the drawing is reckoned with. */
const LEGEND_WIDTH = 350

/** Lines of what a read costs while something grows. */
export function growthChart({ series, unit }: Growth, width: Width): string {
  const lines = Object.entries(series).slice(0, SERIES)
  const costs = lines.flatMap(([, points]) => points.map(({ cost }) => cost))
  const isWide = width === 'wide'
  const legendHeight = lines.length * LEGEND_LINE
  const axis = { nameTextStyle: { color: COLOUR.text }, axisLabel: { color: COLOUR.text }, axisLine: { lineStyle: { color: COLOUR.line } } }
  return drawn(width, isWide ? 380 : 340 + legendHeight, {
    legend: {
      orient: 'vertical',
      textStyle: { color: COLOUR.text, fontSize: 12 },
      ...(isWide ? { left: WIDTHS.wide - LEGEND_WIDTH, top: 24 } : { left: 0, bottom: 0 }),
    },
    grid: { left: 48, right: isWide ? LEGEND_WIDTH + 50 : 30, top: 28, bottom: isWide ? 48 : legendHeight + 56 },
    xAxis: {
      ...axis,
      type: unit === 'middlewares' ? 'value' : 'log',
      min: 'dataMin',
      name: unit,
      nameLocation: 'middle',
      nameGap: 26,
      splitLine: { show: false },
    },
    yAxis: {
      ...axis,
      type: quantile(costs, 0) > 0 && quantile(costs, 1) > 10 * quantile(costs, 0) ? 'log' : 'value',
      name: 'cost, µs',
      splitLine: { lineStyle: { color: COLOUR.line } },
    },
    series: lines.map(([name, points], nth) => ({
      type: 'line',
      name,
      data: points.map(({ at, cost }) => [at, cost]),
      itemStyle: { color: COLOUR.series(nth) },
      lineStyle: { color: COLOUR.series(nth), width: 2 },
      symbol: 'circle',
      symbolSize: 7,
    })),
  })
}

function colourOf(library: string): string {
  if (library === 'instar') return COLOUR.ours
  return library.startsWith('@instar/') ? COLOUR.dropIn : COLOUR.peer
}

function drawn(width: Width, height: number, option: EChartsCoreOption): string {
  const chart = init(null, undefined, { renderer: 'svg', ssr: true, width: WIDTHS[width], height: Math.round(height) })
  chart.setOption({ animation: false, backgroundColor: 'transparent', textStyle: { fontFamily: 'system-ui, sans-serif' }, ...option })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return withVariables(svg)
}
