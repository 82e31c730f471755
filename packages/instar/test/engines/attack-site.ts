import { join } from 'node:path'
import type { SessionStore } from 'instar'
import { type Received, type Sent, TestBrowser, TestClock } from 'instar/testing'
import { Remote } from '../model/remote.ts'
import type { AttackQuestions } from './attack-server.ts'
import type { Driver, Place } from './drivers.ts'

/** One way in which two processes could get into each other's way. */
export interface Attack {
  readonly title: string
  readonly on?: (driver: Driver) => boolean
  /** What the library does not do yet. */
  readonly todo?: string
  attack(site: AttackSite): Promise<void>
}

/** Something held in a process: it goes on after `open`, or is told after `loseAnswer` that the store failed. */
export interface RemoteGate {
  reached(): Promise<void>
  open(): Promise<void>
  loseAnswer(): Promise<void>
}

/** A process of the application. */
export class AttackServer {
  readonly origin: string
  readonly #remote: Remote<AttackQuestions>
  readonly ask: Remote<AttackQuestions>['ask']

  constructor(remote: Remote<AttackQuestions>, origin: string) {
    this.origin = origin
    this.#remote = remote
    this.ask = (name, ...values) => remote.ask(name, ...values)
  }

  static async start(place: Place): Promise<AttackServer> {
    const remote = new Remote<AttackQuestions>(join(import.meta.dirname, 'attack-server.ts'), [JSON.stringify(place)])
    return new AttackServer(remote, await remote.ask('origin'))
  }

  /** Holds the next call of an operation of its store. */
  async hold(operation: keyof SessionStore, when: 'before' | 'after' = 'before'): Promise<RemoteGate> {
    return this.#gate(await this.ask('hold', operation, when))
  }

  /** Holds the handlers of requests with `held` in their query; reached when so many have come. */
  async holdHandlers(count = 1): Promise<RemoteGate> {
    return this.#gate(await this.ask('holdHandlers', count))
  }

  kill(): Promise<void> {
    return this.#remote.kill()
  }

  #gate(gate: number): RemoteGate {
    return {
      reached: async () => void (await this.ask('reached', gate)),
      open: async () => void (await this.ask('open', gate)),
      loseAnswer: async () => void (await this.ask('loseAnswer', gate)),
    }
  }
}

/** Somebody whose browser reaches either process, as behind a load balancer, with one cookie jar. */
export class Person {
  readonly #browser: TestBrowser

  constructor(browser = new TestBrowser('')) {
    this.#browser = browser
  }

  get jar(): Map<string, string> {
    return this.#browser.jar
  }

  copy(): Person {
    return new Person(this.#browser.copy())
  }

  keep(received: Received): void {
    this.#browser.keep(received)
  }

  /** Sends a request; what its answer sets is kept when `keep` is called with it. */
  sendOnly(server: AttackServer, path: string, sent: Sent = { method: 'POST' }): Promise<Received> {
    return new TestBrowser(server.origin, this.jar).sendOnly(path, sent)
  }

  async post(server: AttackServer, path: string): Promise<Received> {
    const received = await this.sendOnly(server, path)
    this.keep(received)
    return received
  }

  /** What a path answers, as JSON tells it. */
  async read(server: AttackServer, path: string): Promise<unknown> {
    const received = await this.sendOnly(server, path, { method: 'GET' })
    this.keep(received)
    return JSON.parse(received.body)
  }
}

/** Two processes of an application on one store, for all attacks on a driver. */
export class AttackSite {
  readonly one: AttackServer
  readonly two: AttackServer
  readonly clock = new TestClock()
  #users = 0

  constructor(one: AttackServer, two: AttackServer) {
    this.one = one
    this.two = two
  }

  static async start(place: Place): Promise<AttackSite> {
    const [one, two] = await Promise.all([AttackServer.start(place), AttackServer.start(place)])
    return new AttackSite(one, two)
  }

  get both(): readonly [AttackServer, AttackServer] {
    return [this.one, this.two]
  }

  /** A user of whom no attack before has heard. */
  user(): string {
    return `user${this.#users++}`
  }

  /** Moves the time on; the clock of the second process differs by so many milliseconds. */
  async advance(milliseconds: number, differenceOfTwo = 0): Promise<void> {
    this.clock.advance(milliseconds)
    await this.one.ask('setClock', this.clock.time)
    await this.two.ask('setClock', this.clock.time + differenceOfTwo)
  }

  /** Clocks that agree, gates open, nothing seen. */
  async reset(): Promise<void> {
    await this.advance(0)
    for (const server of this.both) {
      await server.ask('openAll')
      await server.ask('seen')
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.both.map((server) => server.kill()))
  }
}

/** The handle of the login that somebody has a cookie of. */
export const handleOf = (person: Person): string => (person.jar.get('__Host-Http-sid') as string).slice(0, 22)
