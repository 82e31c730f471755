// Serves one subject, in a process of its own, for the process that puts it under load.
import { join } from 'node:path'
import { getHeapStatistics } from 'node:v8'
import { resolveFrom } from '../../../scripts/resolve-from.ts'
import type { Serve, Setting } from './application.ts'
import { gate } from './gate.ts'

/** What the process is told to serve, as JSON in its first argument. */
export interface Order {
  /** A file of `subjects`. */
  readonly subject: string
  /** Where the packages are installed that the subject imports. */
  readonly home: string
  readonly setting: Omit<Setting, 'onStatement'>
  /** Whether statements are counted; it costs, so not where time is measured. */
  readonly isCounted: boolean
}

export type Question =
  | { readonly ask: 'usage' }
  | { readonly ask: 'seed'; readonly from: number; readonly to: number }
  | { readonly ask: 'gate'; readonly awaited: number }

export interface Usage {
  /** Of all threads of the process since it began, in microseconds. */
  readonly cpu: number
  readonly heapBytes: number
  readonly collections: number
  readonly statements: number
}

const { subject, home, setting, isCounted } = JSON.parse(process.argv[2] ?? '') as Order
let statements = 0
let collections = 0
if (isCounted) {
  const { PerformanceObserver } = await import('node:perf_hooks')
  new PerformanceObserver((list) => (collections += list.getEntries().length)).observe({ entryTypes: ['gc'] })
}

const stopResolving = resolveFrom(home, join(import.meta.dirname, '..'))
const { serve } = (await import(`../subjects/${subject}.ts`)) as { readonly serve: Serve }
const served = await serve({ ...setting, ...(isCounted && { onStatement: () => statements++ }) })
const port = await served.listen()
stopResolving()

process.on('message', async (question: Question) => {
  if (question.ask === 'gate') gate.close(question.awaited)
  if (question.ask === 'seed') await served.seed?.(question.from, question.to)
  const { user, system } = process.cpuUsage()
  const usage: Usage = { cpu: user + system, heapBytes: getHeapStatistics().used_heap_size, collections, statements }
  process.send?.(usage)
})
process.on('disconnect', () => process.exit())
process.send?.({ port })
