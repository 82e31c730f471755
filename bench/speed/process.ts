import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Order, Question, Usage } from './server/main.ts'

const MAIN = join(import.meta.dirname, 'server', 'main.ts')

export interface ServerOptions {
  /** The core that it may use; any, where it is undefined. */
  readonly core?: number | undefined
  readonly flags?: readonly string[]
}

/** How Node is called as in production, on one core or on any. */
export function command(args: readonly string[], core?: number): { readonly file: string; readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv } {
  const { NODE_OPTIONS: _, NODE_V8_COVERAGE: __, NODE_TEST_CONTEXT: ___, ...inherited } = process.env
  const env = { ...inherited, NODE_ENV: 'production' }
  return core === undefined ? { file: process.execPath, args, env } : { file: 'taskset', args: ['-c', String(core), process.execPath, ...args], env }
}

/** The process that serves a subject. What it prints goes to a file, as in production, and is shown when it ends by itself. */
export class ServerProcess {
  readonly port: number
  readonly #child: ChildProcess
  readonly #folder: string

  private constructor(child: ChildProcess, folder: string, port: number) {
    this.#child = child
    this.#folder = folder
    this.port = port
  }

  static async start(order: Order, { core, flags = [] }: ServerOptions = {}): Promise<ServerProcess> {
    const { file, args, env } = command([...flags, MAIN, JSON.stringify(order)], core)
    const folder = mkdtempSync(join(tmpdir(), 'instar-speed-server-'))
    const log = openSync(join(folder, LOG), 'w')
    const child = spawn(file, args, { env, stdio: ['ignore', log, log, 'ipc'] })
    closeSync(log)
    try {
      const { port } = await told<{ readonly port: number }>(child)
      return new ServerProcess(child, folder, port)
    } catch (cause) {
      throw new Error(`${order.subject} on ${order.setting.framework}: ${printed(folder)}`, { cause })
    }
  }

  usage = (): Promise<Usage> => this.#ask({ ask: 'usage' })
  seed = (from: number, to: number): Promise<Usage> => this.#ask({ ask: 'seed', from, to })
  closeGate = (awaited: number): Promise<Usage> => this.#ask({ ask: 'gate', awaited })

  /** What it has printed. */
  get printed(): string {
    return printed(this.#folder)
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#child.once('exit', () => resolve())
      this.#child.disconnect()
      await promise
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #ask(question: Question): Promise<Usage> {
    this.#child.send(question)
    return told<Usage>(this.#child)
  }
}

const LOG = 'log'
const LAST = 4000

const printed = (folder: string): string => readFileSync(join(folder, LOG), 'utf8').slice(-LAST)

/** What a child says next; rejects when it ends instead. */
function told<Message>(child: ChildProcess): Promise<Message> {
  const { promise, resolve, reject } = Promise.withResolvers<Message>()
  const heard = (message: unknown): void => {
    forget()
    resolve(message as Message)
  }
  const ended = (reason: unknown): void => {
    forget()
    reject(reason instanceof Error ? reason : new Error(`A server ended with code ${reason}.`))
  }
  const forget = (): void => {
    child.off('message', heard).off('exit', ended).off('error', ended)
  }
  child.on('message', heard).on('exit', ended).on('error', ended)
  return promise
}
