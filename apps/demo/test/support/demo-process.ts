import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** The demo in a process of its own, as `npm start` runs it, on ports that are free. */
export class DemoProcess {
  readonly origin: string
  readonly output: () => string
  readonly #child: ChildProcess
  readonly #exit: Promise<unknown>

  private constructor(child: ChildProcess, origin: string, output: () => string) {
    this.#child = child
    this.#exit = once(child, 'exit')
    this.origin = origin
    this.output = output
  }

  /** Resolves once it has said where it is; rejects with what it printed when it ends before that. */
  static start(databaseFile: string, args: readonly string[] = [], env: Record<string, string> = {}): Promise<DemoProcess> {
    const child = spawn(process.execPath, ['--conditions=instar-source', MAIN, ...args], {
      env: { ...process.env, PORT: '0', HTTP_PORT: '0', DEMO_DB: databaseFile, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    return new Promise((resolve, reject) => {
      const hear = (chunk: Buffer): void => {
        output += chunk
        const origin = /The demo is at (\S+)\n[\s\S]*\n\n$/.exec(output)?.[1]
        if (origin !== undefined) resolve(new DemoProcess(child, origin, () => output))
      }
      child.stdout.on('data', hear)
      child.stderr.on('data', hear)
      child.once('exit', (code) => reject(new Error(`The demo ended with code ${code}: ${output}`)))
    })
  }

  /** As a supervisor stops it; the exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM')
    await this.#exit
    return this.#child.exitCode
  }

  /** As a power failure would end it, for the process. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exit
  }
}
