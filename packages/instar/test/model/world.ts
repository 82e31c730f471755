import { ok } from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import {
  CsrfGuard,
  InstarError,
  type Json,
  type LoadedUser,
  type Session,
  SessionManager,
  type SessionManagerOptions,
  type SessionRow,
  type SessionStore,
} from 'instar'
import { memoryStore } from 'instar/stores/memory'
import { sqliteStore } from 'instar/stores/sqlite'
import { TestClock } from 'instar/testing'
import { Oracle } from './oracle.ts'
import { Scheduler, settled } from './scheduler.ts'

export type Act = 'look' | 'count' | 'keep a secret' | 'login' | 'logout' | 'logout everywhere' | 'elevate' | 'ask who'
export type Who = 'victim' | 'attacker'

interface Answer {
  readonly cookies: readonly string[]
}

interface Person {
  readonly jar: Map<string, string>
  readonly answers: Answer[]
}

const LOGIN = '__Host-Http-sid'
const ANONYMOUS = '__Host-Http-pre'
const guard = new CsrfGuard()

/** Two people, two processes on one store, a clock, and requests that are under way. */
export class ModelWorld {
  readonly #clock = new TestClock()
  readonly #scheduler = new Scheduler()
  readonly #oracle = new Oracle()
  readonly #people: Record<Who, Person> = { victim: { jar: new Map(), answers: [] }, attacker: { jar: new Map(), answers: [] } }
  readonly #stamps = new Map<string, number>([
    ['victim', 1],
    ['attacker', 1],
  ])
  readonly #made = new Map<string, string | null>()
  readonly #store: SessionStore
  readonly #options: Partial<SessionManagerOptions<string>>
  #managers: SessionManager<{ [key: string]: Json }, string>[]
  #processes = 0
  #failure: unknown

  constructor(kind: 'memory' | 'SQLite', options: Partial<SessionManagerOptions<string>>) {
    this.#options = options
    const store = kind === 'memory' ? memoryStore({ now: this.#clock.now }) : sqliteStore(new DatabaseSync(':memory:'), { now: this.#clock.now })
    this.#store = {
      ...bound(store),
      create: async (row) => {
        await store.create(row)
        this.#made.set(row.id, row.userId)
      },
    }
    this.#managers = [this.#startProcess(), this.#startProcess()]
  }

  #startProcess(): SessionManager<{ [key: string]: Json }, string> {
    const process = this.#processes++
    const store = this.#scheduler.storeOf(process, this.#store)
    const loadUser = async (id: string): Promise<LoadedUser<string>> => {
      await this.#scheduler.pause(process)
      const loaded = { user: id, stamp: String(this.#stamps.get(id)) }
      await this.#scheduler.pause(process)
      return loaded
    }
    return new SessionManager({ store, now: this.#clock.now, loadUser, ...this.#options })
  }

  // What can happen

  async begin(who: Who, act: Act, process: number): Promise<void> {
    void this.#request(who, act, process % 2).catch((error) => {
      this.#failure ??= error
    })
    await settled()
  }

  step(index: number, how?: 'done' | 'refused' | 'answer lost'): Promise<void> {
    return this.#scheduler.step(index, how)
  }

  /** The process ends with all that it was doing, and another takes its place. */
  crash(process: number): void {
    const index = process % 2
    const numbers = this.#numbers
    this.#scheduler.crash(numbers[index] as number)
    numbers[index] = this.#processes
    this.#managers[index] = this.#startProcess()
  }

  readonly #numbers = [0, 1]

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

  async administer(what: 'change password' | 'revoke all' | 'revoke everyone', userId: Who, process: number): Promise<void> {
    if (what === 'change password') this.#stamps.set(userId, (this.#stamps.get(userId) as number) + 1)
    const stamp = this.#stamps.get(userId) as number
    const manager = this.#managers[process % 2] as SessionManager<{ [key: string]: Json }, string>
    const known = what === 'revoke everyone' ? [...this.#oracle.known(), ...this.#oracle.knownAnonymous()] : this.#oracle.known(userId)
    const ending = what === 'revoke everyone' ? manager.revokeEveryone() : manager.revokeAll(userId)
    const note = (): void => {
      for (const handle of known) this.#oracle.ended(handle)
      if (what === 'change password') this.#oracle.credentialsChanged(userId, stamp)
    }
    void ending.then(note, () => {})
    await settled()
  }

  wait(milliseconds: number): void {
    this.#clock.advance(milliseconds)
  }

  /** Lets everything come to its end, and looks at what is left. */
  async rest(): Promise<void> {
    while (this.#scheduler.length > 0) await this.step(0)
    const rows = await Promise.all([...this.#made.keys()].map((id) => this.#store.find(id)))
    this.#oracle.atRest(
      rows.filter((row): row is SessionRow => row !== undefined),
      this.#made,
    )
    this.check()
  }

  check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  // A request

  async #request(who: Who, act: Act, process: number): Promise<void> {
    const { jar, answers } = this.#people[who]
    const manager = this.#managers[process] as SessionManager<{ [key: string]: Json }, string>
    const processNumber = this.#numbers[process] as number
    const stamp = String(this.#stamps.get(who))
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const request = { method: 'POST', url: 'https://shop.example/', headers: new Headers({ 'sec-fetch-site': 'same-origin', ...(cookie && { cookie }) }) }
    const beginning = this.#oracle.begin(jar.get(LOGIN))
    let session: Session<{ [key: string]: Json }, string>
    try {
      session = await manager.open(request)
    } catch (error) {
      return expectKnown(error)
    }
    const { handle, userId, level } = session
    this.#oracle.opened(beginning, { handle, userId, level, secret: session.get('secret') })
    guard.check(request, session)
    await this.#scheduler.pause(processNumber)

    let status = 200
    try {
      await this.#act(session, act, who, stamp)
    } catch (error) {
      expectKnown(error)
      status = (error as InstarError).status
    }
    if (act === 'count' && status === 200 && handle !== null) this.#oracle.counted(handle, 'unsure')
    answers.push(await this.#answer(session, status, act, who, handle, stamp))
  }

  async #act(session: Session<{ [key: string]: Json }, string>, act: Act, who: Who, stamp: string): Promise<void> {
    const { handle } = session
    if (act === 'count') session.update('n', (n) => ((n as number | undefined) ?? 0) + 1)
    else if (act === 'keep a secret') session.set('secret', session.userId ?? 'anonymous')
    else if (act === 'ask who') await session.user()
    else if (act === 'elevate') await session.elevate({ method: 'totp', level: session.level + 1 })
    else if (act === 'login') await session.login(who, { stamp, keep: ['cart'] })
    else if (act === 'logout') await session.logout()
    else if (act === 'logout everywhere') {
      const known = session.userId === null ? [] : this.#oracle.known(session.userId)
      await session.logout({ everywhere: true })
      for (const other of known) this.#oracle.ended(other)
    }
    if (handle !== null && (act === 'login' || act === 'logout' || act === 'logout everywhere')) this.#oracle.ended(handle)
  }

  async #answer(
    session: Session<{ [key: string]: Json }, string>,
    status: number,
    act: Act,
    who: Who,
    cameWith: string | null,
    stamp: string,
  ): Promise<Answer> {
    let cookies: readonly string[]
    try {
      cookies = (await session.commit({ status })).setCookie
      // Now it is sure: the count that was possible is one that was answered.
      if (act === 'count' && status === 200 && session.handle !== null) this.#countSurely(session.handle, cameWith)
    } catch (error) {
      expectKnown(error)
      // As the adapters have it: the error's answer is committed too, and where even that fails a bare one goes.
      const second = await Promise.resolve(session.commit({ status: (error as InstarError).status })).catch(expectKnown)
      cookies = second?.setCookie ?? []
    }
    for (const cookie of cookies) this.#answered(cookie, session, act, who, stamp)
    return { cookies }
  }

  #countSurely(handle: string, cameWith: string | null): void {
    if (cameWith !== null) this.#oracle.counted(cameWith, 'resolved')
    else this.#oracle.counted(handle, 'sure')
  }

  #answered(cookie: string, session: Session<{ [key: string]: Json }, string>, act: Act, who: Who, stamp: string): void {
    const [name, token] = nameAndValue(cookie)
    if (name === LOGIN) ok(['login', 'logout', 'logout everywhere', 'elevate'].includes(act), `${act} wrote the login cookie`)
    if (token === '') return
    ok(this.#made.has(token.slice(0, 22)), 'a cookie for a session that was not stored')
    if (name === ANONYMOUS) this.#oracle.answeredAnonymous(token)
    else this.#oracle.answeredLogin(token, act === 'login' ? who : (session.userId as string), session.level, act === 'login' ? Number(stamp) : undefined)
  }
}

function expectKnown(error: unknown): void {
  const codes = ['store_unavailable', 'delta_dropped', 'session_ended', 'credentials_changed', 'limit_reached', 'login_required']
  if (!(error instanceof InstarError && codes.includes(error.code))) throw error
}

function nameAndValue(cookie: string): [string, string] {
  const pair = cookie.split(';', 1)[0] as string
  return [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
}

function bound(store: SessionStore): SessionStore {
  return {
    create: (row) => store.create(row),
    find: (id) => store.find(id),
    update: (row) => store.update(row),
    delete: (id) => store.delete(id),
    listByUser: (userId) => store.listByUser(userId),
    deleteByUser: (userId, except) => store.deleteByUser(userId, except),
    deleteAll: () => store.deleteAll(),
    deleteExpired: () => store.deleteExpired(),
  }
}
