import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Ending, endNow } from './processes.ts'
import type { Order, Program, Report } from './watchdog.ts'

// This process's side of its watchdog.

/** A program under the watchdog's eye. */
export interface Running {
  readonly pid: number
  /** Resolves to how it ended, such as 'code 1'. */
  readonly ended: Promise<string>
}

type Distribute<T> = T extends unknown ? Omit<T, 'id'> : never
type Handler = (report: Report) => void

const handlers = new Map<number, Handler>()
const running = new Set<Ending>()
let watchdog: ChildProcess | undefined
let lastId = 0
let waiting = 0

/** Makes a new folder whose path begins as given; it is removed when this process ends, if not before. */
export async function makeFolder(prefix: string): Promise<string> {
  const { folder = '' } = await ask({ makeFolder: prefix })
  return folder
}

export async function removeFolder(folder: string): Promise<void> {
  await ask({ removeFolder: folder })
}

/** Starts a program that ends with this process, if not before. */
export async function start(program: Program): Promise<Running> {
  const ended = Promise.withResolvers<string>()
  const { pid = 0 } = await ask({ start: program }, (report) => {
    const ending = { pid: report.pid ?? 0, quit: program.quit }
    running.add(ending)
    return ({ ended: how = 'unknown' }) => {
      running.delete(ending)
      ended.resolve(how)
    }
  })
  return { pid, ended: ended.promise }
}

/** Keeps this process alive until the promise settles; the channel to the watchdog by itself does not. */
export async function holding<T>(promise: Promise<T>): Promise<T> {
  if (waiting++ === 0) watchdog?.channel?.ref()
  try {
    return await promise
  } finally {
    if (--waiting === 0) watchdog?.channel?.unref()
  }
}

/** Gives an order and resolves to the first answer. What comes later goes to the handler that `next` makes of it, at once. */
function ask(order: Distribute<Order>, next?: (first: Report) => Handler): Promise<Report> {
  const dog = (watchdog ??= startWatchdog())
  const id = ++lastId
  const { promise, resolve, reject } = Promise.withResolvers<Report>()
  handlers.set(id, (report) => {
    handlers.delete(id)
    if (report.failed !== undefined) return reject(new Error(report.failed))
    if (next) handlers.set(id, next(report))
    resolve(report)
  })
  dog.send({ ...order, id }, (error) => error && reject(error))
  return holding(promise)
}

function startWatchdog(): ChildProcess {
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, NODE_V8_COVERAGE: ___, ...env } = process.env
  // Detached, so that Ctrl+C in a terminal does not reach it: it has to see this process end first.
  const dog = spawn(process.execPath, [fileURLToPath(new URL('watchdog.ts', import.meta.url))], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    detached: true,
    env,
  })
  dog.unref()
  dog.channel?.unref()
  if (waiting > 0) dog.channel?.ref()
  dog.on('message', (report: Report) => handlers.get(report.id)?.(report))
  dog.once('exit', (code, signal) => {
    if (watchdog === dog) watchdog = undefined
    // Nobody would end them when this process is killed.
    endAll()
    for (const [id, handler] of [...handlers]) handler({ id, ended: 'unknown', failed: `The watchdog of the servers ended (${signal ?? code}).` })
  })
  hookEnds()
  return dog
}

let hooked = false

function hookEnds(): void {
  if (hooked) return
  hooked = true
  process.on('exit', endAll)
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const listener = (): void => {
      // Somebody else's listener decides what the signal means; if it ends the process, 'exit' follows.
      if (process.listenerCount(name) > 1) return
      endAll()
      process.off(name, listener)
      process.kill(process.pid, name)
    }
    process.on(name, listener)
  }
}

function endAll(): void {
  endNow([...running])
}
