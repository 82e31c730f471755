import { isBare, type Subject } from './catalogue.ts'
import { Connection } from './load/connection.ts'
import { Visitor } from './load/visitor.ts'
import type { ServerProcess } from './process.ts'
import type { Shown } from './server/application.ts'

/** Somebody who is logged in. */
export interface LoggedIn {
  readonly user: string
  /** As the header has it; undefined where there is no session. */
  readonly cookie: string | undefined
}

const VALUE = 'dark'

const AT_ONCE = 16
const BATCH = 160

export interface ContenderOptions {
  readonly deadCookie?: string | undefined
  readonly atOnce?: number
  readonly batch?: number
}

/** A subject whose server runs, and the connections to it. */
export class Contender {
  readonly subject: Subject
  readonly server: ServerProcess
  /** A cookie of a session that this server knows nothing of, though it is well made. */
  readonly deadCookie: string | undefined
  /** How many requests are under way at a time. */
  readonly atOnce: number
  /** How many log in, or out, in one play at most. */
  readonly batch: number
  readonly #connections: Connection[] = []
  #users = 0

  constructor(subject: Subject, server: ServerProcess, { deadCookie, atOnce = AT_ONCE, batch = BATCH }: ContenderOptions = {}) {
    this.subject = subject
    this.server = server
    this.deadCookie = deadCookie
    this.atOnce = atOnce
    this.batch = batch
  }

  get isBare(): boolean {
    return isBare(this.subject)
  }

  /** So many connections, the same each time; servers close what was idle for a while, and those are opened again. */
  async connections(count: number): Promise<readonly Connection[]> {
    while (this.#connections.length < count) this.#connections.push(new Connection(this.server.port))
    await this.reconnect()
    return this.#connections.slice(0, count)
  }

  async reconnect(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.open()))
  }

  newUser(): string {
    return this.isBare ? 'ann' : `ann${this.#users++}`
  }

  /** Logs new users in, whose sessions hold what is read and about so many bytes beside it. */
  async loggedIn(count: number, bytes: number): Promise<readonly LoggedIn[]> {
    const [connection] = await this.connections(1)
    const all: LoggedIn[] = []
    for (let n = 0; n < count; n++) {
      const visitor = new Visitor(connection as Connection)
      const user = this.newUser()
      await visitor.login(user)
      if (!this.subject.cannot.write) {
        await visitor.write(VALUE)
        await visitor.fill(bytes)
      }
      all.push({ user, cookie: visitor.jar.header })
    }
    return all
  }

  /** What a user is shown who wrote nothing since. */
  shown(user: string): Shown {
    return { user, value: VALUE }
  }

  /** Does something with this one; an error says with which, and what the server printed. */
  async explained<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (cause) {
      throw new Error(`${this.subject.name}, ${what}: ${(cause as Error).message}\nThe server printed:\n${this.server.printed}`, { cause })
    }
  }

  async stop(): Promise<void> {
    for (const connection of this.#connections) connection.close()
    await this.server.stop()
  }
}
