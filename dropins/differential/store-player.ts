import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Where } from '../stores/open-store.ts'
import type { Observation } from './observe.ts'
import type { Sequence } from './sequence.ts'

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

interface Message {
  readonly isReady?: true
  readonly observation?: Observation
  readonly failure?: string
}

/** Plays sequences on a store, in a process of its own, where everybody who asks for express-session gets one library. */
export class StorePlayer {
  readonly #child: ChildProcess

  constructor(store: string, where: Where, library: 'original' | 'ours') {
    const hook = library === 'ours' ? ['--import', path('../stores/by-name.ts')] : []
    this.#child = fork(path('./store-process.ts'), [store, JSON.stringify(where)], { execArgv: ['--conditions=instar-source', '--no-warnings', ...hook] })
  }

  async open(): Promise<this> {
    await this.#message()
    return this
  }

  async run(sequence: Sequence): Promise<Observation> {
    const message = this.#message()
    this.#child.send(sequence)
    const { observation, failure } = await message
    if (!observation) throw new Error(failure)
    return observation
  }

  #message(): Promise<Message> {
    return new Promise((resolve, reject) => {
      const child = this.#child
      const onExit = (code: number | null): void => reject(new Error(`The process of a store ended with ${code}.`))
      child.once('exit', onExit)
      child.once('message', (message: Message) => {
        child.off('exit', onExit)
        resolve(message)
      })
    })
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.disconnect()
    await ended
  }
}
