import type { Counted } from './counting.ts'
import type { Micro } from './micro.ts'
import type { Spread } from './statistics.ts'
import type { WorkName } from './works/work.ts'

/** What one work on one subject came to; times in microseconds, for each request (or page). */
export interface Figure extends Counted {
  readonly windows: number
  /** CPU time of the server's process. */
  readonly cpu: Spread
  /** CPU time above the bare framework of the same run: the difference of the two fifths, and how the differences within a round spread. */
  readonly cost?: { readonly fifth: number; readonly firstQuarter: number; readonly median: number; readonly lastQuarter: number }
  /** CPU time of the engine's processes. */
  readonly engine?: number
  /** Each second. */
  readonly throughput: number
  readonly latency: { readonly median: number; readonly p99: number }
}

export interface SubjectFigures {
  readonly framework: string
  readonly library?: string
  readonly store: string
  readonly works: { readonly [work in WorkName]?: Figure }
  readonly cannot: { readonly [work in WorkName]?: string }
  /** Of a hundred increments at once. */
  readonly lostUpdates?: number
}

/** What a read costs above the bare framework, measured at the same time, against something that grows. */
export interface Growth {
  readonly title: string
  readonly unit: string
  readonly series: { readonly [subject: string]: readonly { readonly at: number; readonly cost: number }[] }
}

export interface Figures {
  readonly command: string
  readonly date: string
  readonly machine: { readonly cpu: string; readonly isPinned: boolean }
  readonly versions: { readonly [what: string]: string }
  readonly unit: 'microseconds'
  readonly windowMilliseconds: number
  readonly atOnce: number
  readonly works: { readonly [work: string]: string }
  readonly subjects: { readonly [name: string]: SubjectFigures }
  readonly growth: readonly Growth[]
  readonly micro?: Micro
  readonly seconds: number
}
