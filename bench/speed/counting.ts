import { type CommandCounter, type Counts, countCommands } from './commands.ts'
import type { Contender } from './contender.ts'
import type { Effort } from './effort.ts'
import type { Places } from './places.ts'
import { quantile, rounded } from './statistics.ts'
import type { Scene, Work } from './works/work.ts'

/** What a work takes beside time, for each request (or page). */
export interface Counted {
  /** Allocated on the JavaScript heap of the server, in bytes: how much the heap grew while nothing was collected, the median of some measurements. */
  readonly bytes?: number
  /** Of the engine, by its own count. */
  readonly commands?: Counts
}

/** What code allocates falls until it is compiled, so it is warmed up. */
type CountingEffort = Pick<Effort, 'countedMilliseconds' | 'countedWarmUp' | 'countedSamples'>

/** Counts a work on a contender that was started for it. */
export async function counted(contender: Contender, work: Work, places: Places, effort: CountingEffort): Promise<Counted> {
  const { countedMilliseconds: milliseconds, countedWarmUp } = effort
  const scene = await work.open(contender)
  for (let spent = 0; spent < countedWarmUp; spent += milliseconds) await played(contender, scene, milliseconds)
  const engine = places.engine(contender.subject)
  const counter = engine && (await countCommands(engine))
  try {
    const bytes: number[] = []
    const commands: { [command: string]: number } = {}
    let units = 0
    for (let n = 0; n < effort.countedSamples; n++) {
      await scene.ready?.()
      await contender.reconnect()
      await counter?.taken()
      const before = await contender.server.usage()
      const { requests } = await scene.play(milliseconds)
      const after = await contender.server.usage()
      if (after.heapBytes > before.heapBytes) bytes.push(((after.heapBytes - before.heapBytes) / requests) * work.requests)
      for (const [command, calls] of Object.entries(await taken(contender, counter, after.statements - before.statements)))
        commands[command] = (commands[command] ?? 0) + calls
      units += requests / work.requests
    }
    const hasCommands = engine !== undefined || contender.subject.store.startsWith('SQLite')
    return {
      ...(bytes.length > 0 && { bytes: Math.round(quantile(bytes, 0.5)) }),
      ...(hasCommands && { commands: Object.fromEntries(Object.entries(commands).map(([command, calls]) => [command, rounded(calls / units)])) }),
    }
  } finally {
    await counter?.close()
  }
}

async function taken(contender: Contender, counter: CommandCounter | undefined, statements: number): Promise<Counts> {
  if (counter) return (await counter.taken()) ?? {}
  return contender.subject.store.startsWith('SQLite') ? { statements } : {}
}

async function played(contender: Contender, scene: Scene, milliseconds: number): Promise<void> {
  await scene.ready?.()
  await contender.reconnect()
  await scene.play(milliseconds)
}
