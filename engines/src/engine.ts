import type { EngineName } from './programs.ts'
import type { Program } from './watchdog.ts'

/** A private server on loopback, in a temporary folder of its own. */
export interface Engine {
  readonly name: EngineName
  /** As the server itself says, such as '10.11.19-MariaDB'. */
  readonly version: string
  readonly host: string
  readonly port: number
  readonly url: string
  /** The main process of the server, or what it was when it last ran. It is another one after a restart. */
  readonly pid: number
  /** SIGKILL to all processes of the server, resolved when they are gone and the port is free again. */
  kill(): Promise<void>
  /** Starts it again after kill() on the same port and data, resolved when it answers queries. */
  restart(): Promise<void>
  /** Ends it for good and removes its folder. Safe to call twice. */
  stop(): Promise<void>
}

/** How a server is run whose folder has been made and filled. */
export interface Recipe {
  readonly name: EngineName
  readonly folder: string
  readonly command: string
  args(port: number): readonly string[]
  url(port: number): string
  /** Resolves to the version when the server serves queries, and to undefined when another one answers at that port. */
  ask(port: number, pid: number): Promise<string | undefined>
  /** Clears what the server leaves outside its folder when it is killed. */
  clear?(): Promise<void>
  readonly user?: Program['user']
  readonly quit?: NodeJS.Signals
}
