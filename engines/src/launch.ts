import { readFile, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine, Recipe } from './engine.ts'
import { holding, type Running, removeFolder, start } from './keeper.ts'
import { freePort, HOST, isFree } from './ports.ts'
import { isAlive, killTree, signal } from './processes.ts'
import type { EngineName } from './programs.ts'
import type { Program } from './watchdog.ts'

const START_MS = 30_000
const POLL_MS = 20
const QUIT_MS = 5000
const PORTS_TO_TRY = 5
const IN_USE = /address (already )?in use/i

/** Starts a server on a free port. Where it does not come up its folder is removed. */
export async function launch(recipe: Recipe): Promise<Engine> {
  const engine = new PrivateEngine(recipe)
  try {
    for (let tries = 1; ; tries++) {
      engine.port = await freePort()
      try {
        await engine.restart()
        return engine
      } catch (error) {
        if (tries === PORTS_TO_TRY || !IN_USE.test(String(error))) throw error
      }
    }
  } catch (error) {
    await engine.stop()
    throw error
  }
}

/** Runs a program to its end; throws where that is not a success. */
export async function prepare(name: EngineName, program: Omit<Program, 'log'>): Promise<void> {
  const log = logOf(program.folder)
  const { ended } = await start({ ...program, log })
  const end = await holding(ended)
  if (end !== 'code 0') throw new Error(await failure(`${name} did not start: ${program.command} ended with ${end}.`, log))
}

class PrivateEngine implements Engine {
  readonly name: EngineName
  readonly host = HOST
  readonly #recipe: Recipe
  port = 0
  version = ''
  pid = 0
  #running: Running | undefined
  #stopped: Promise<void> | undefined

  constructor(recipe: Recipe) {
    this.name = recipe.name
    this.#recipe = recipe
  }

  get url(): string {
    return this.#recipe.url(this.port)
  }

  async kill(): Promise<void> {
    const { pid, ended } = this.#need()
    const tree = killTree(pid)
    await holding(ended)
    while (tree.some(isAlive)) await sleep(POLL_MS)
    while (!(await isFree(this.port))) await sleep(POLL_MS)
    this.#running = undefined
  }

  async restart(): Promise<void> {
    if (this.#stopped) throw new Error(`This ${this.name} has been stopped.`)
    if (this.#running) throw new Error(`${this.name} runs. Only one that was killed can be started again.`)
    const { command, folder, user, quit } = this.#recipe
    const log = logOf(folder)
    const { size } = await stat(log).catch(() => ({ size: 0 }))
    const running = await start({ command, args: this.#recipe.args(this.port), folder, log, user, quit })
    this.#running = running
    this.pid = running.pid
    try {
      this.version = await this.#answer(running)
    } catch (error) {
      await this.#end()
      throw new Error(await failure(error instanceof Error ? error.message : String(error), log, size))
    }
  }

  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop())
  }

  async #stop(): Promise<void> {
    await this.#end()
    await this.#recipe.clear?.()
    await removeFolder(this.#recipe.folder)
  }

  async #end(): Promise<void> {
    if (!this.#running) return
    const { pid, ended } = this.#running
    const { quit } = this.#recipe
    if (quit && signal(pid, quit)) await Promise.race([holding(ended), sleep(QUIT_MS, undefined, { ref: false })])
    const tree = killTree(pid)
    await holding(ended)
    while (tree.some(isAlive)) await sleep(POLL_MS)
    this.#running = undefined
  }

  async #answer({ pid, ended }: Running): Promise<string> {
    const start = performance.now()
    let end: string | undefined
    ended.then((how) => (end = how))
    let last: unknown
    while (performance.now() - start < START_MS) {
      if (end !== undefined) throw new Error(`${this.name} did not start: it ended with ${end}.`)
      try {
        const version = await this.#recipe.ask(this.port, pid)
        if (version !== undefined && isAlive(pid)) return version
      } catch (error) {
        last = error
      }
      await sleep(POLL_MS)
    }
    throw new Error(`${this.name} did not answer within ${START_MS / 1000} seconds (${last}).`)
  }

  #need(): Running {
    if (!this.#running) throw new Error(`${this.name} does not run.`)
    return this.#running
  }
}

function logOf(folder: string): string {
  return `${folder}/log`
}

async function failure(message: string, log: string, from = 0): Promise<string> {
  const text = (await readFile(log).catch(() => Buffer.alloc(0))).subarray(from).toString()
  return `${message} The end of its log:\n${text.trimEnd().split('\n').slice(-20).join('\n')}`
}
