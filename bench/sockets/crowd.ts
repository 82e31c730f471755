import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Remote } from '../../packages/instar/test/model/remote.ts'
import { Client } from './client.ts'
import type { ServerQuestions, Setup } from './server.ts'

/** The servers that sockets are open to, and one process more. */
const SERVERS = 2
const PROCESSES = SERVERS + 1
/** How many sockets each device of a user has; every device has some to both servers. */
const DEVICES = [3, 2]
export const SOCKETS_PER_USER = 5
const USERS_AT_ONCE = 20

/** A session of a user, and the sockets that were opened with it. */
export interface Device {
  readonly userId: string
  /** The server of each socket. */
  readonly servers: readonly number[]
  cookie: string
  clients: readonly Client[]
}

/** An application of some processes, and everybody who is connected to it. Numbers of processes and users past the last begin anew. */
export class Crowd {
  readonly #processes: readonly Remote<ServerQuestions>[]
  readonly #origins: readonly string[]
  readonly #users: readonly (readonly Device[])[]

  static async gather(setup: Setup, users: number): Promise<Crowd> {
    const processes = Array.from({ length: PROCESSES }, () => new Remote<ServerQuestions>(join(import.meta.dirname, 'server.ts'), [JSON.stringify(setup)]))
    try {
      const crowd = new Crowd(processes, await Promise.all(processes.map((process) => process.ask('origin'))), users)
      for (let user = 0; user < users; user += USERS_AT_ONCE)
        await Promise.all(crowd.#users.slice(user, user + USERS_AT_ONCE).flatMap((devices) => devices.map((device) => crowd.connect(device))))
      return crowd
    } catch (error) {
      await Promise.all(processes.map((process) => process.kill()))
      throw error
    }
  }

  private constructor(processes: readonly Remote<ServerQuestions>[], origins: readonly string[], users: number) {
    this.#processes = processes
    this.#origins = origins
    const serversOf = (sockets: number, first: number): number[] => Array.from({ length: sockets }, (_, n) => (first + n) % SERVERS)
    this.#users = Array.from({ length: users }, (_, user) =>
      DEVICES.map((sockets, device) => ({ userId: `user-${user}`, servers: serversOf(sockets, user + device), cookie: '', clients: [] })),
    )
  }

  get clients(): readonly Client[] {
    return this.#users.flatMap((devices) => devices.flatMap(({ clients }) => clients))
  }

  devices(user: number): readonly Device[] {
    return this.#users[user % this.#users.length] as readonly Device[]
  }

  /** Logs a device in and opens its sockets, in the place of what it had. */
  async connect(device: Device): Promise<void> {
    for (const client of device.clients) client.leave()
    const { userId, servers } = device
    const cookie = await this.#process(servers[0] ?? 0).ask('logIn', userId)
    device.cookie = cookie
    device.clients = await Promise.all(servers.map((server) => Client.open(this.#origins[server] as string, cookie, userId)))
  }

  async revokeAll(process: number, userId: string): Promise<void> {
    await this.#process(process).ask('revokeAll', userId)
  }

  /** By a request of the device. */
  async logOut(process: number, { cookie }: Device): Promise<void> {
    const { status } = await fetch(this.#origins[process % PROCESSES] as string, { method: 'POST', headers: { cookie, 'sec-fetch-site': 'same-origin' } })
    if (status !== 200) throw new Error(`The logout was answered with ${status}.`)
  }

  /** Everybody leaves. How many sessions the processes still watch when it is none, or when the patience is over. */
  async disperse(patience: number): Promise<number> {
    for (const client of this.clients) client.leave()
    const start = performance.now()
    for (;;) {
      const watched = await Promise.all(this.#processes.map((process) => process.ask('watched')))
      const total = watched.reduce((sum, size) => sum + size, 0)
      if (total === 0 || performance.now() - start > patience) return total
      await sleep(10)
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.kill()))
  }

  #process(number: number): Remote<ServerQuestions> {
    return this.#processes[number % PROCESSES] as Remote<ServerQuestions>
  }
}
