import { deepEqual, equal, match, notEqual } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Fetch, TestBrowser } from 'instar/testing'
import { hasExtra } from '../../scripts/extras.ts'

export { freePort } from '../../engines/src/ports.ts'

// What the tests of the full-stack examples share: the example built and started as its user would, and the scenario that every one of them serves.

const READY_MS = 60_000
const BUILD_MS = 240_000
const POLL_MS = 50
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** Why the tests of an example are left out, for their option `skip`; false where it is installed. */
export function leftOut(extra: string): string | false {
  if (hasExtra(extra)) return false
  const reason = `not installed: npm run extras -- ${extra}`
  if (process.env['INSTAR_REQUIRE_ALL'] === '1') throw new Error(reason)
  return reason
}

/** A cart, a login that keeps it under a new id, a device list, a logout; the user is ann, the password secret. */
export async function shopScenario(origin: string, send?: Fetch): Promise<void> {
  const browser = new TestBrowser(origin, undefined, send)
  equal((await browser.post('/cart', { body: 'item=apple', headers: FORM })).status, 303)
  deepEqual([...browser.jar.keys()], ['__Host-Http-pre'])
  const planted = browser.copy()
  equal((await browser.post('/login', { body: 'name=ann&password=wrong', headers: FORM })).status, 401)
  deepEqual([...browser.jar.keys()], ['__Host-Http-pre'])
  const login = await browser.post('/login', { body: 'name=ann&password=secret', headers: FORM })
  deepEqual([login.status, login.headers.get('location')], [303, '/'])
  match(login.headers.get('cache-control') ?? '', /no-store/)
  deepEqual([...browser.jar.keys()], ['__Host-Http-sid'])
  notEqual(browser.jar.get('__Host-Http-sid'), planted.jar.get('__Host-Http-pre'))
  equal((await browser.send('/cart')).body, '["apple"]')
  equal((await planted.send('/cart')).body, '[]')
  const devices = await browser.send('/devices')
  equal(JSON.parse(devices.body).length, 1)
  match(devices.headers.get('cache-control') ?? '', /no-store/)
  match(devices.headers.get('vary') ?? '', /\bcookie\b/i)
  equal((await browser.sendOnly('/logout', { method: 'POST', site: 'cross-site' })).status, 403)
  equal((await browser.sendOnly('/logout', { method: 'POST', site: null, headers: { origin: 'https://evil.example' } })).status, 403)
  equal((await browser.sendOnly('/devices')).status, 200)
  const stolen = browser.copy()
  equal((await browser.post('/logout', { site: null, headers: { origin } })).status, 303)
  deepEqual([...browser.jar.keys()], [])
  for (const late of [browser, stolen]) equal((await late.send('/devices')).status, 401)
}

export interface ProgramOptions {
  readonly cwd: string
  /** Beside this process's own environment, without what belongs to its test runner. */
  readonly env?: { readonly [name: string]: string }
}

/** Runs a program to its end and resolves to what it printed; rejects with that where it fails or takes too long. */
export async function runProgram(command: string, args: readonly string[], options: ProgramOptions): Promise<string> {
  const program = startProgram(command, args, options)
  const end = await Promise.race([program.ended, sleep(BUILD_MS, `no end within ${BUILD_MS / 1000} s`, { ref: false })])
  await program.stop()
  if (end !== 'code 0') throw new Error(`${command} ${args.join(' ')}: ${end}\n${program.output()}`)
  return program.output()
}

export interface ServerProcess {
  readonly origin: string
  readonly output: () => string
  /** Kills it with all processes that it started. */
  readonly stop: () => Promise<void>
}

/** Starts a server that listens on a port of 127.0.0.1, and resolves once it answers. It ends with this process, if not before. */
export async function startServer(command: string, args: readonly string[], options: ProgramOptions & { readonly port: number }): Promise<ServerProcess> {
  const { output, stop, ended } = startProgram(command, args, options)
  const origin = `http://127.0.0.1:${options.port}`
  let end = `no answer within ${READY_MS / 1000} s`
  let isOver = false
  ended.then((how) => {
    end = how
    isOver = true
  })
  const deadline = performance.now() + READY_MS
  while (!isOver && performance.now() < deadline) {
    if (await answers(origin)) return { origin, output, stop }
    await sleep(POLL_MS)
  }
  await stop()
  throw new Error(`${command} ${args.join(' ')}: ${end}\n${output()}`)
}

async function answers(origin: string): Promise<boolean> {
  try {
    const response = await fetch(origin, { redirect: 'manual', signal: AbortSignal.timeout(READY_MS) })
    await response.arrayBuffer()
    return true
  } catch {
    return false
  }
}

interface Program {
  readonly output: () => string
  /** Resolves to how it ended, such as 'code 1'. */
  readonly ended: Promise<string>
  readonly stop: () => Promise<void>
}

const groups = new Set<number>()

function startProgram(command: string, args: readonly string[], { cwd, env = {} }: ProgramOptions): Program {
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, NODE_V8_COVERAGE: ___, ...inherited } = process.env
  const child = spawn(command, args, { cwd, env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const { pid } = child
  if (pid !== undefined) groups.add(pid)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const ended = once(child, 'close').then(
    ([code, signal]) => (code === null ? `signal ${signal}` : `code ${code}`),
    (error) => String(error),
  )
  const stop = async () => {
    if (pid !== undefined) killGroup(pid)
    await ended
  }
  return { output: () => output, ended, stop }
}

function killGroup(pid: number): void {
  groups.delete(pid)
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {} // It has ended.
}

const killAll = (): void => [...groups].forEach(killGroup)

process.on('exit', killAll)
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(name, () => {
    killAll()
    process.kill(process.pid, name)
  })
}
