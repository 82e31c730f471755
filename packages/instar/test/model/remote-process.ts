import { join } from 'node:path'
import type { Place } from '../engines/drivers.ts'
import type { ProcessQuestions } from './process.ts'
import { Remote } from './remote.ts'
import type { Administration, Circumstances, How, ModelOptions, Order, Report, ServerProcess, Who } from './server-process.ts'

/** Each so many crashes the process is killed and started again; else it forgets what it was doing, which is faster. */
const CRASHES_PER_KILL = 25

/** A server process that is one for the operating system too, with a connection of its own. */
export class RemoteProcess implements ServerProcess {
  readonly #place: Place
  #remote: Remote<ProcessQuestions>
  #options: ModelOptions = {}
  #crashes = 0

  constructor(place: Place) {
    this.#place = place
    this.#remote = this.#fork()
  }

  /** Forgets everything, for the next history. */
  reset(options: ModelOptions): Promise<void> {
    this.#options = options
    return this.#remote.ask('reset', options)
  }

  begin(order: Order, circumstances: Circumstances): Promise<readonly Report[]> {
    return this.#remote.ask('begin', order, circumstances)
  }

  administer(number: number, what: Administration, userId: Who, circumstances: Circumstances): Promise<readonly Report[]> {
    return this.#remote.ask('administer', number, what, userId, circumstances)
  }

  go(work: number, how: How, circumstances: Circumstances): Promise<readonly Report[]> {
    return this.#remote.ask('go', work, how, circumstances)
  }

  async crash(): Promise<void> {
    if (++this.#crashes % CRASHES_PER_KILL !== 0) return this.#remote.ask('crash')
    await this.#remote.kill()
    this.#remote = this.#fork()
    await this.reset(this.#options)
  }

  kill(): Promise<void> {
    return this.#remote.kill()
  }

  #fork(): Remote<ProcessQuestions> {
    return new Remote(join(import.meta.dirname, 'process.ts'), [JSON.stringify(this.#place)])
  }
}
