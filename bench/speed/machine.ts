import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'

/** Which core serves, and which one asks and keeps the engines; undefined where processes cannot be bound to cores, or there is one alone. */
export interface Cores {
  readonly server: number | undefined
  readonly load: number | undefined
}

export function coresOf(): Cores {
  const allowed = allowedCores()
  const [server, load] = allowed
  return allowed.length < 2 ? { server: undefined, load: undefined } : { server, load }
}

/** Binds a process, and what it starts from now on, to a core. */
export function bind(pid: number, core: number | undefined): void {
  if (core !== undefined) execFileSync('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' })
}

function allowedCores(): readonly number[] {
  try {
    const list =
      execFileSync('taskset', ['-cp', String(process.pid)], { encoding: 'utf8' })
        .split(':')
        .at(-1) ?? ''
    return list.split(',').flatMap((range) => {
      const [from = 0, to = from] = range.split('-').map(Number)
      return Array.from({ length: to - from + 1 }, (_, n) => from + n)
    })
  } catch {
    return [] // No taskset: not Linux, or a small one.
  }
}

/** The CPU time that a process and its children have had, in microseconds, by the kernel's scheduler, which counts nanoseconds; undefined where it does not say. */
export function cpuTimeOf(pid: number): number | undefined {
  try {
    let nanoseconds = 0
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ', 1)[0])
      const children = readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim()
      for (const child of children === '' ? [] : children.split(' ')) nanoseconds += (cpuTimeOf(Number(child)) ?? 0) * 1000
    }
    return nanoseconds / 1000
  } catch {
    return undefined
  }
}

export const machine = (): { readonly cpu: string } => ({ cpu: cpus()[0]?.model ?? 'unknown' })
