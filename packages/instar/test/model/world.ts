import { ok } from 'node:assert/strict'
import type { SessionRow } from 'instar'
import { type Beginning, Oracle } from './oracle.ts'
import type { Act, Administration, Circumstances, How, Report, ServerProcess, Who } from './server-process.ts'
import type { Scene } from './stages.ts'

interface Answer {
  readonly cookies: readonly string[]
}

interface Person {
  readonly jar: Map<string, string>
  readonly answers: Answer[]
}

/** A request that is under way, as seen from outside. */
interface Request {
  readonly who: Who
  readonly act: Act
  readonly stamp: number
  readonly beginning: Beginning
  cameWith: string | null
  userId: string | null
  /** Whose end a logout everywhere promises. */
  known: readonly string[]
}

type ReportOf<Kind extends Report['kind']> = Extract<Report, { kind: Kind }>

const LOGIN = '__Host-Http-sid'
const ANONYMOUS = '__Host-Http-pre'

/** Two people, two processes on one store, a clock, and requests that are under way. */
export class ModelWorld {
  readonly #scene: Scene
  readonly #oracle = new Oracle()
  readonly #people: Record<Who, Person> = { victim: { jar: new Map(), answers: [] }, attacker: { jar: new Map(), answers: [] } }
  readonly #stamps: Record<Who, number> = { victim: 1, attacker: 1 }
  readonly #requests = new Map<number, Request>()
  readonly #administrations = new Map<number, () => void>()
  readonly #waiting: { readonly process: ServerProcess; readonly work: number }[] = []
  /** Whose each row was when it was made. */
  readonly #made = new Map<string, string | null>()
  #orders = 0

  constructor(scene: Scene) {
    this.#scene = scene
  }

  // What can happen

  async begin(who: Who, act: Act, process: number): Promise<void> {
    const { jar } = this.#people[who]
    const number = this.#orders++
    const beginning = this.#oracle.begin(jar.get(LOGIN))
    this.#requests.set(number, { who, act, stamp: this.#stamps[who], beginning, cameWith: null, userId: null, known: [] })
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    await this.#in(process, (server, now) => server.begin({ number, who, act, cookie }, now))
  }

  async step(index: number, how: How = 'done'): Promise<void> {
    const [next] = this.#waiting.splice(index % Math.max(this.#waiting.length, 1), 1)
    if (next) this.#hear(next.process, await next.process.go(next.work, how, this.#now))
  }

  async crash(process: number): Promise<void> {
    const server = this.#process(process)
    for (let at = this.#waiting.length - 1; at >= 0; at--) if (this.#waiting[at]?.process === server) this.#waiting.splice(at, 1)
    await server.crash()
  }

  /** An answer reaches the browser: not the oldest first, and some never. */
  deliver(who: Who, index: number, isLost: boolean): void {
    const { answers, jar } = this.#people[who]
    const [answer] = answers.splice(index % Math.max(answers.length, 1), 1)
    if (!answer || isLost) return
    for (const cookie of answer.cookies) {
      const [name, value] = nameAndValue(cookie)
      if (/; Max-Age=0/.test(cookie)) jar.delete(name)
      else jar.set(name, value)
    }
  }

  /** A cookie moves from one browser to the other: copied by who sat there before, or planted. */
  carry(from: Who, cookie: 'login' | 'anonymous'): void {
    const name = cookie === 'login' ? LOGIN : ANONYMOUS
    const value = this.#people[from].jar.get(name)
    if (value !== undefined) this.#people[from === 'victim' ? 'attacker' : 'victim'].jar.set(name, value)
  }

  async administer(what: Administration, userId: Who, process: number): Promise<void> {
    if (what === 'change password') this.#stamps[userId]++
    const stamp = this.#stamps[userId]
    const known = what === 'revoke everyone' ? [...this.#oracle.known(), ...this.#oracle.knownAnonymous()] : this.#oracle.known(userId)
    const number = this.#orders++
    this.#administrations.set(number, () => {
      for (const handle of known) this.#oracle.ended(handle)
      if (what === 'change password') this.#oracle.credentialsChanged(userId, stamp)
    })
    await this.#in(process, (server, now) => server.administer(number, what, userId, now))
  }

  wait(milliseconds: number): void {
    this.#scene.clock.advance(milliseconds)
  }

  /** Lets everything come to its end, and looks at what is left. */
  async rest(): Promise<void> {
    while (this.#waiting.length > 0) await this.step(0)
    const rows = await Promise.all([...this.#made.keys()].map((id) => this.#scene.store.find(id)))
    this.#oracle.atRest(
      rows.filter((row): row is SessionRow => row !== undefined),
      this.#made,
    )
  }

  /** Leaves a history in its middle. */
  async abandon(): Promise<void> {
    for (const process of this.#scene.processes) await process.crash()
  }

  // What is heard of it

  get #now(): Circumstances {
    return { now: this.#scene.clock.time, stamps: { ...this.#stamps } }
  }

  #process(index: number): ServerProcess {
    return this.#scene.processes[index % 2] as ServerProcess
  }

  async #in(process: number, work: (server: ServerProcess, now: Circumstances) => Promise<readonly Report[]>): Promise<void> {
    const server = this.#process(process)
    this.#hear(server, await work(server, this.#now))
  }

  #hear(server: ServerProcess, reports: readonly Report[]): void {
    for (const report of reports) {
      if (report.kind === 'waits') this.#waiting.push({ process: server, work: report.work })
      else if (report.kind === 'made') this.#made.set(report.id, report.userId)
      else if (report.kind === 'administered') this.#administrations.get(report.number)?.()
      else if (report.kind === 'failed') throw new Error(report.why)
      else this.#hearOf(this.#requests.get(report.number) as Request, report)
    }
  }

  #hearOf(request: Request, report: ReportOf<'opened' | 'acting' | 'acted' | 'committed' | 'answered'>): void {
    if (report.kind === 'opened') {
      this.#oracle.opened(request.beginning, report.sight)
      request.cameWith = report.sight.handle
      request.userId = report.sight.userId
    } else if (report.kind === 'acting') {
      if (request.act === 'logout everywhere' && request.userId !== null) request.known = this.#oracle.known(request.userId)
    } else if (report.kind === 'acted') this.#acted(request)
    else if (report.kind === 'committed') this.#committed(request, report)
    else this.#answered(request, report)
  }

  #acted({ act, cameWith, known }: Request): void {
    for (const other of known) this.#oracle.ended(other)
    if (cameWith === null) return
    if (act === 'login' || act === 'logout' || act === 'logout everywhere') this.#oracle.ended(cameWith)
    if (act === 'count') this.#oracle.counted(cameWith, 'unsure')
  }

  /** Now it is sure: the count that was possible is one that was answered. */
  #committed({ act, cameWith }: Request, { handle }: ReportOf<'committed'>): void {
    if (act !== 'count' || handle === null) return
    if (cameWith !== null) this.#oracle.counted(cameWith, 'resolved')
    else this.#oracle.counted(handle, 'sure')
  }

  #answered({ who, act, stamp }: Request, { cookies, userId, level }: ReportOf<'answered'>): void {
    this.#people[who].answers.push({ cookies })
    for (const cookie of cookies) {
      const [name, token] = nameAndValue(cookie)
      if (name === LOGIN) ok(['login', 'logout', 'logout everywhere', 'elevate'].includes(act), `${act} wrote the login cookie`)
      if (token === '') continue
      ok(this.#made.has(token.slice(0, 22)), 'a cookie for a session that was not stored')
      if (name === ANONYMOUS) this.#oracle.answeredAnonymous(token)
      else this.#oracle.answeredLogin(token, act === 'login' ? who : (userId as string), level, act === 'login' ? stamp : undefined)
    }
  }
}

function nameAndValue(cookie: string): [string, string] {
  const pair = cookie.split(';', 1)[0] as string
  return [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
}
