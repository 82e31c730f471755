import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** What makes a process clear its own traces when it ends: a signal after which it does so at once, or being left alone for the second that it takes. */
export type Quit = NodeJS.Signals | 'alone'

/** A process to be ended. */
export interface Ending {
  readonly pid: number
  readonly quit?: Quit | undefined
}

interface Row {
  readonly pid: number
  readonly parent: number
  readonly state: string
}

const QUIT_MS = 5000
const KILL_MS = 2000
const HAS_PROC = existsSync('/proc/self/stat')

/** Whether a process runs; a zombie does not. */
export function isAlive(pid: number): boolean {
  return ![undefined, 'Z', 'X'].includes(stateOf(pid))
}

/** SIGKILL to a process, its process group and all its descendants; returns the ids of all of them. */
export function killTree(pid: number): number[] {
  if (!isAlive(pid)) return []
  // A stopped process starts no further children while its present ones are being counted. PostgreSQL's are no members of its group.
  signal(pid, 'SIGSTOP')
  wait(100, () => stateOf(pid) !== 'T' && isAlive(pid))
  const tree = [pid, ...descendants(pid, table())]
  for (const one of [...tree, -pid]) signal(one, 'SIGKILL')
  return tree
}

/** Ends processes before it returns. */
export function endNow(endings: readonly Ending[]): void {
  const killed = endings.filter(({ quit }) => quit === undefined).flatMap(({ pid }) => killTree(pid))
  const quitting = endings.filter(({ pid, quit }) => quit === 'alone' || (quit !== undefined && signal(pid, quit)))
  wait(QUIT_MS, () => quitting.some(({ pid }) => isAlive(pid)))
  killed.push(...quitting.flatMap(({ pid }) => killTree(pid)))
  wait(KILL_MS, () => killed.some(isAlive))
}

/** Sends a signal; false where there is no such process. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

function wait(most: number, isGoingOn: () => boolean): void {
  const end = performance.now() + most
  while (isGoingOn() && performance.now() < end) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2)
}

function descendants(pid: number, rows: readonly Row[]): number[] {
  return rows.filter(({ parent }) => parent === pid).flatMap((row) => [row.pid, ...descendants(row.pid, rows)])
}

function stateOf(pid: number): string | undefined {
  return (HAS_PROC ? rowOf(pid) : table().find((row) => row.pid === pid))?.state
}

function table(): Row[] {
  if (HAS_PROC) return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (rowOf(Number(name)) ?? []) : []))
  const { stdout } = spawnSync('ps', ['-axo', 'pid=,ppid=,state='], { encoding: 'utf8' })
  return (stdout ?? '').split('\n').flatMap((line) => {
    const [pid, parent, state] = line.trim().split(/\s+/)
    return state === undefined ? [] : { pid: Number(pid), parent: Number(parent), state: state.charAt(0) }
  })
}

function rowOf(pid: number): Row | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The name of the program stands in parentheses before these and may itself hold spaces and parentheses.
    const [state = '', parent = '0'] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { pid, parent: Number(parent), state }
  } catch {
    return undefined
  }
}
