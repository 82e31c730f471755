import { type ChildProcess, spawn } from 'node:child_process'
import { request } from 'node:https'
import { join } from 'node:path'
import type { Transfer } from '../apps/bank.ts'
import type { Order, Question } from '../apps/serve.ts'
import type { Stack } from '../apps/stack.ts'
import type { Certificate } from './authority.ts'
import { HOSTS } from './hosts.ts'
import { inTime } from './in-time.ts'
import type { ProviderAddresses } from './provider.ts'

/** The process in which the banks of a stack are. */
export class StackProcess {
  readonly stack: Stack
  /** Resolves when the process has ended, whoever ended it. */
  readonly ended: Promise<void>
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>()
  readonly #printed: () => string
  #asked = 0

  private constructor(stack: Stack, child: ChildProcess, printed: () => string) {
    this.stack = stack
    this.#child = child
    this.#printed = printed
    child.on('message', ({ number, answer }: { number: number; answer: unknown }) => {
      this.#waiting.get(number)?.resolve(answer)
      this.#waiting.delete(number)
    })
    this.ended = new Promise((resolve) => child.once('exit', () => resolve()))
    child.once('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(this.#endOf())
      this.#waiting.clear()
    })
    child.on('error', () => {}) // Of what is sent to one that has ended; who waits for its answer is told by its end.
  }

  /** `flags` are Node's. */
  static async start(stack: Stack, home: string, certificate: Certificate, provider: ProviderAddresses, flags: readonly string[] = []): Promise<StackProcess> {
    const order: Order = { file: stack.file, home, certificate, provider }
    const child = spawn(process.execPath, [...flags, join(import.meta.dirname, '../apps/serve.ts'), JSON.stringify(order)], {
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    let printed = ''
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => {
        printed += chunk
      })
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve())
      child.once('exit', () => reject(new Error(`The stack ${stack.name} did not start:\n${printed}`)))
    })
    return new StackProcess(stack, child, () => printed)
  }

  /** A new bank, so that nothing of another play is left in it. */
  async open(): Promise<RunningStack> {
    return new RunningStack(this, Number(await this.ask('open')))
  }

  /** Rejects where the process has ended, or ends before it answers. */
  ask(question: Question, port?: number, about?: string): Promise<unknown> {
    const number = this.#asked++
    return new Promise((resolve, reject) => {
      if (this.hasEnded) return reject(this.#endOf())
      this.#waiting.set(number, { resolve, reject })
      this.#child.send({ number, question, ...(port !== undefined && { port }), ...(about !== undefined && { about }) })
    })
  }

  stop(): Promise<void> {
    if (this.hasEnded) return Promise.resolve()
    this.#child.disconnect()
    return this.ended
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  #endOf(): Error {
    return new Error(`The stack ${this.stack.name} ended by itself:\n${this.#printed()}`)
  }
}

/** A stack whose bank is open: for one play. */
export class RunningStack {
  readonly origin: string
  readonly #process: StackProcess
  readonly #port: number

  constructor(process: StackProcess, port: number) {
    this.#process = process
    this.#port = port
    this.origin = `https://${HOSTS.app}:${port}`
  }

  get stack(): Stack {
    return this.#process.stack
  }

  url(path: string): string {
    return this.origin + path
  }

  /** Requests of a path that changes a session wait from now on, until `letGo`. */
  hold = (path: '/login' | '/note' | '/news'): Promise<unknown> => this.#process.ask('hold', this.#port, path)
  /** Resolves when so many wait; rejects where they do not come, as where the stack refused them. */
  arrival = (count = 1): Promise<unknown> => inTime(this.#process.ask('arrival', this.#port, String(count)))
  letGo = (): Promise<unknown> => this.#process.ask('go', this.#port)
  /** What a thief of the database has; null where there is none. */
  rows = (): Promise<unknown> => this.#process.ask('rows', this.#port)
  transfers = async (): Promise<readonly Transfer[]> => (await this.#process.ask('transfers', this.#port)) as readonly Transfer[]
  close = (): Promise<unknown> => this.#process.ask('close', this.#port)

  /** The page that a client of the attacker's own gets with a `Cookie` header, without a browser. */
  pageFor(path: string, cookie: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port: this.#port,
        path,
        servername: HOSTS.app,
        rejectUnauthorized: false,
        headers: { host: `${HOSTS.app}:${this.#port}`, cookie },
      }
      request(options, (response) => {
        let page = ''
        response.setEncoding('utf8')
        response.on('data', (chunk) => {
          page += chunk
        })
        response.on('end', () => resolve(page))
      })
        .on('error', reject)
        .end()
    })
  }
}
