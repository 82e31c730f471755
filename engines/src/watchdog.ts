import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, realpathSync, rmSync } from 'node:fs'
import { type Ending, endNow, type Quit } from './processes.ts'

// A process of its own that starts the programs and makes their folders on the order of the process that owns it. When that one ends, in whatever
// way, the channel between the two closes; then this one kills the programs and removes the folders.

/** A program to be started. It writes both its output streams to the end of the file `log`. */
export interface Program {
  readonly command: string
  readonly args: readonly string[]
  readonly folder: string
  readonly log: string
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
  readonly quit?: Quit | undefined
}

export type Order =
  | { readonly id: number; readonly start: Program }
  | { readonly id: number; readonly makeFolder: string }
  | { readonly id: number; readonly removeFolder: string }

/** What is answered to an order: at a start first the process id, and later how it ended. */
export interface Report {
  readonly id: number
  readonly pid?: number | undefined
  readonly ended?: string
  readonly folder?: string
  readonly failed?: string
}

const running = new Map<number, Ending>()
const folders = new Set<string>()

process.on('message', (order: Order) => {
  try {
    carryOut(order)
  } catch (error) {
    report({ id: order.id, failed: String(error) })
  }
})
for (const event of ['disconnect', 'SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(event, endAll)

function carryOut(order: Order): void {
  const { id } = order
  if ('start' in order) return start(id, order.start)
  if ('makeFolder' in order) {
    const folder = realpathSync(mkdtempSync(order.makeFolder))
    folders.add(folder)
    return report({ id, folder })
  }
  remove(order.removeFolder)
  folders.delete(order.removeFolder)
  report({ id, folder: order.removeFolder })
}

function start(id: number, { command, args, folder, log, user, quit }: Program): void {
  const output = openSync(log, 'a')
  // Nothing but the path is handed on: PostgreSQL and MariaDB would let variables of the environment change what they do.
  const env = { PATH: process.env['PATH'], HOME: folder, LC_ALL: 'C' }
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', output, output], detached: true, env, ...user })
  closeSync(output)
  const { pid } = child
  if (pid !== undefined) running.set(pid, { pid, quit })
  child.once('error', (error) => report({ id, failed: error.message }))
  child.once('exit', (code, signal) => {
    if (pid !== undefined) running.delete(pid)
    report({ id, ended: code === null ? `signal ${signal}` : `code ${code}` })
  })
  if (pid !== undefined) report({ id, pid })
}

function endAll(): void {
  endNow([...running.values()])
  for (const folder of folders) remove(folder)
  process.exit()
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
}

function report(answer: Report): void {
  // The owner may be gone before the answer is; its end is told by the event 'disconnect'.
  if (process.connected) process.send?.(answer, undefined, undefined, () => {})
}
