import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the repository. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

/** The TypeScript compiler of this repository, as arguments of Node. */
export const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')

/** Runs a program with this terminal as its own; resolves to its exit code, which is 1 when a signal ended it. */
export function run(command: string, args: readonly string[], cwd: string = ROOT): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: 'inherit' })
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

/** Runs a program and collects what it prints, both streams in one text. */
export function capture(command: string, args: readonly string[], cwd: string = ROOT): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? 1, output }))
  })
}
