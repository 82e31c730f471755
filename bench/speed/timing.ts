import type { Contender } from './contender.ts'
import type { Places } from './places.ts'
import { quantile } from './statistics.ts'
import type { Scene, Work } from './works/work.ts'

/** What one short time under load came to; times in microseconds, for each request (or page). */
export interface Window {
  /** CPU time of the server's process, all threads. */
  readonly cpu: number
  /** CPU time of the engine's processes. */
  readonly engine: number | undefined
  /** Each second. */
  readonly throughput: number
  readonly latencies: { readonly median: number; readonly p99: number }
}

export interface Timing {
  readonly rounds: number
  readonly windowMilliseconds: number
  /** How long each contender is warmed up. */
  readonly warmUpMilliseconds: number
  /** No round begins later than so many seconds after the first. */
  readonly seconds: number
}

/** Before each window, so that the caches are warm again and no connection is opened in it. */
const LEAD_IN = 4

/**
 * Puts each contender under load for a short time in each round, one after the other, in an order that moves on. Resolves to the windows of each: those of a round were
 * measured within seconds, so that what disturbs the machine disturbs all.
 */
export async function timed(work: Work, contenders: readonly Contender[], places: Places, timing: Timing): Promise<ReadonlyMap<Contender, readonly Window[]>> {
  const all = []
  for (const contender of contenders) {
    const scene = await contender.explained(work.name, () => warm(work, contender, timing.warmUpMilliseconds))
    all.push({ contender, scene, windows: [] as Window[] })
  }
  const start = performance.now()
  for (let round = 0; round < timing.rounds && performance.now() - start < timing.seconds * 1000; round++)
    for (let n = 0; n < all.length; n++) {
      const { contender, scene, windows } = all[(round + n) % all.length] as (typeof all)[number]
      windows.push(await contender.explained(work.name, () => windowOf(work, contender, scene, places, timing.windowMilliseconds)))
    }
  return new Map(all.map(({ contender, windows }) => [contender, windows]))
}

async function windowOf(work: Work, contender: Contender, scene: Scene, places: Places, milliseconds: number): Promise<Window> {
  await lead(contender, scene, LEAD_IN)
  await scene.ready?.()
  const engineBefore = places.cpuTime(contender.subject)
  const before = await contender.server.usage()
  const { requests, seconds, latencies } = await scene.play(milliseconds)
  const after = await contender.server.usage()
  const engineAfter = places.cpuTime(contender.subject)
  const units = requests / work.requests
  return {
    cpu: (after.cpu - before.cpu) / units,
    engine: engineBefore === undefined || engineAfter === undefined ? undefined : (engineAfter - engineBefore) / units,
    throughput: units / seconds,
    latencies: { median: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) },
  }
}

/** Opens a scene and plays it for a while, until the code is compiled. */
async function warm(work: Work, contender: Contender, milliseconds: number): Promise<Scene> {
  const scene = await work.open(contender)
  const start = performance.now()
  while (performance.now() - start < milliseconds) await lead(contender, scene, Math.min(milliseconds, AT_A_TIME))
  return scene
}

const AT_A_TIME = 100

async function lead(contender: Contender, scene: Scene, milliseconds: number): Promise<void> {
  await contender.reconnect()
  await scene.ready?.()
  await scene.play(milliseconds)
}
