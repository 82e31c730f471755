import type { Timing } from './timing.ts'
import type { WorkName } from './works/work.ts'

/** How much is measured. */
export interface Effort {
  /** Whether servers have a core of their own, and those that are timed count nothing. */
  readonly isApart: boolean
  readonly timing: (work: WorkName) => Timing
  readonly growthTiming: Timing
  /** How many sessions the stores come to hold. */
  readonly storeSizes: readonly number[]
  /** Of each measurement where bytes and commands are counted. */
  readonly countedMilliseconds: number
  readonly countedWarmUp: number
  readonly countedSamples: number
  readonly microRounds: number
  /** How many requests are under way at a time. */
  readonly atOnce: number
  /** How many log in, or out, in a window at most: each of them can once. */
  readonly batch: number
  readonly parallelWrites: number
}

const WINDOW = 30

/** Ends within 20 minutes on two cores. */
export const FULL: Effort = {
  isApart: true,
  timing: (work) => ({
    rounds: work === 'read' ? 120 : 60,
    windowMilliseconds: WINDOW,
    warmUpMilliseconds: work === 'read' ? 600 : 200,
    seconds: work === 'read' ? 120 : 50,
  }),
  growthTiming: { rounds: 60, windowMilliseconds: WINDOW, warmUpMilliseconds: 600, seconds: 15 },
  storeSizes: [1000, 10_000, 100_000, 1_000_000],
  countedMilliseconds: 40,
  countedWarmUp: 200,
  countedSamples: 5,
  microRounds: 60,
  atOnce: 16,
  batch: 160,
  parallelWrites: 100,
}

/** A few requests of each work on each subject, within two minutes; what it measures says nothing. */
export const QUICK: Effort = {
  isApart: false,
  timing: () => ({ rounds: 1, windowMilliseconds: 2, warmUpMilliseconds: 0, seconds: 60 }),
  growthTiming: { rounds: 1, windowMilliseconds: 2, warmUpMilliseconds: 0, seconds: 60 },
  storeSizes: [1000],
  countedMilliseconds: 2,
  countedWarmUp: 0,
  countedSamples: 1,
  microRounds: 1,
  atOnce: 4,
  batch: 8,
  parallelWrites: 20,
}
