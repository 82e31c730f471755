import { DatabaseSync } from 'node:sqlite'
import type { SessionStore } from 'instar'
import { memoryStore } from 'instar/stores/memory'
import { sqliteStore } from 'instar/stores/sqlite'
import { TestClock } from 'instar/testing'
import { LocalProcess } from './local-process.ts'
import type { ModelOptions, ServerProcess } from './server-process.ts'

/** What a history is played with: two server processes on one empty store, which is looked at from outside too. */
export interface Scene {
  readonly clock: TestClock
  readonly store: SessionStore
  readonly processes: readonly [ServerProcess, ServerProcess]
}

/** Sets the scene for one history after the other. */
export interface Stage {
  readonly name: string
  setUp(options: ModelOptions): Promise<Scene>
  close(): Promise<void>
}

/** Both server processes in this one: the fastest. */
function inOneProcess(name: string, open: (now: () => number) => SessionStore): Stage {
  return {
    name,
    async setUp(options) {
      const clock = new TestClock()
      const store = open(clock.now)
      return { clock, store, processes: [new LocalProcess(store, clock, options), new LocalProcess(store, clock, options)] }
    },
    close: async () => {},
  }
}

export const IN_ONE_PROCESS: readonly Stage[] = [
  inOneProcess('memory', (now) => memoryStore({ now })),
  inOneProcess('SQLite', (now) => sqliteStore(new DatabaseSync(':memory:'), { now })),
]
