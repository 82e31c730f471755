import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isAlive } from '../src/processes.ts'
import { until } from '../src/together.ts'
import { testWith } from './parts.ts'

const ALL = ['PostgreSQL', 'MariaDB', 'Redis'] as const

testWith(ALL, 'servers end with the process that started them when it is killed', async (t) => {
  const { owner, folder, line } = startOwner(t)
  const pids = pidsOf(await line('started'))
  assert.ok(pids.every(isAlive))
  owner.kill('SIGKILL')
  await nothingIsLeft(folder)
  assert.equal(pids.some(isAlive), false)
})

for (const delay of [100, 400, 700]) {
  testWith(ALL, `also when it is killed while they start (after ${delay} ms)`, async (t) => {
    const { owner, folder, line } = startOwner(t)
    await line('starting')
    await sleep(delay)
    owner.kill('SIGKILL')
    await nothingIsLeft(folder)
  })
}

for (const name of ['SIGTERM', 'SIGINT'] as const) {
  testWith(ALL, `they have ended when it ends by ${name}`, async (t) => {
    const { owner, folder, line } = startOwner(t)
    const pids = pidsOf(await line('started'))
    owner.kill(name)
    assert.deepEqual(await once(owner, 'exit'), [null, name])
    assert.equal(pids.some(isAlive), false)
    await nothingIsLeft(folder)
  })
}

testWith(ALL, 'a forgotten stop() does not keep a process alive', async (t) => {
  const { owner, folder, line } = startOwner(t, 'done')
  const pids = pidsOf(await line('started'))
  assert.deepEqual(await once(owner, 'exit'), [0, null])
  assert.equal(pids.some(isAlive), false)
  await nothingIsLeft(folder)
})

interface Owner {
  readonly owner: ChildProcess
  /** Its folder for temporary files, in which it runs as well. */
  readonly folder: string
  line(start: string): Promise<string>
}

function startOwner(t: TestContext, ...args: readonly string[]): Owner {
  const folder = mkdtempSync(join(tmpdir(), 'owner-'))
  chmodSync(folder, 0o755)
  const file = fileURLToPath(new URL('owner.ts', import.meta.url))
  const owner = spawn(process.execPath, [file, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, TMPDIR: folder } })
  const lines = createInterface(owner.stdout)[Symbol.asyncIterator]()
  t.after(async () => {
    owner.kill('SIGKILL')
    await until('all processes have ended', async () => processesIn(folder).length === 0)
    rmSync(folder, { recursive: true, force: true })
  })
  const line = async (start: string): Promise<string> => {
    const { value, done } = await lines.next()
    assert.ok(!done, `the owner ended before it said ${start}`)
    return value.startsWith(start) ? value : line(start)
  }
  return { owner, folder, line }
}

function pidsOf(line: string): number[] {
  return JSON.parse(line.replace('started', ''))
}

function nothingIsLeft(folder: string): Promise<void> {
  return until('nothing is left', async () => readdirSync(folder).length === 0 && processesIn(folder).length === 0)
}

/** The processes whose working folder is there: the owner, its watchdog, and the servers with all their children. */
function processesIn(folder: string): string[] {
  if (!existsSync('/proc/self/cwd')) return []
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)
    } catch {
      return false
    }
  })
}
