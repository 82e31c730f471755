import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { command } from './process.ts'

/** What a request costs without http, in microseconds, and how often the store was called for it. */
export interface Micro {
  readonly paths: { readonly [path: string]: { readonly microseconds: number; readonly storeCalls: StoreCalls } }
  /** What a login of somebody with an anonymous session, and a logout, call; without the look-up when the request came. */
  readonly changes: { readonly login: StoreCalls; readonly logout: StoreCalls }
}

export interface StoreCalls {
  readonly [operation: string]: number
}

const PROGRAM = join(import.meta.dirname, 'server', 'micro.ts')

/** Measures the library of an installation in a process of its own. */
export async function micro(home: string, rounds: number, core?: number): Promise<Micro> {
  const { file, args, env } = command([PROGRAM, home, String(rounds)], core)
  const { stdout } = await promisify(execFile)(file, args, { env })
  return JSON.parse(stdout)
}
