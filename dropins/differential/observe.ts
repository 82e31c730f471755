import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerBy } from './answers.ts'
import { type Listener, listenerOf } from './application.ts'
import { type Answer, closeConnections, NO_ANSWER, send } from './client.ts'
import { Clock } from './clock.ts'
import { Jar, readCookie, secretsOf } from './cookies.ts'
import { Gates } from './gates.ts'
import { Names } from './names.ts'
import { operate, type Scene, shown } from './operations.ts'
import { memoryRecording, type Recording, recordingStore } from './recording-store.ts'
import { type Operation, type Request, requestsOf, revive, type Sequence, type Step } from './sequence.ts'
import type { Middleware, SessionLike, SessionRequest, Subject } from './subjects.ts'

/** What one request showed, ids and signatures by their names. */
export interface Exchange {
  /** What the handler saw, and what errors came to the application. */
  readonly log: readonly string[]
  readonly answer: readonly string[]
}

export interface StepSeen {
  readonly exchanges: readonly Exchange[]
  /** What the store holds afterwards, as JSON, by the id's name. */
  readonly store: { readonly [name: string]: string }
  /** The calls of the store that change it, in their order. */
  readonly calls: readonly string[]
  /** Errors that nobody caught: each would end a process. */
  readonly uncaught: readonly string[]
}

export interface Observation {
  /** What making the middleware threw, or ''. */
  readonly refused: string
  readonly steps: readonly StepSeen[]
  /** The lengths of ids that the library made. */
  readonly idLengths: readonly number[]
}

/** The moment of every sequence's begin. */
export const BEGIN = Date.UTC(2026, 0, 1)
/** Operations after which another id is the same session's. */
const KEEPS_THE_SESSION: readonly string[] = ['save', 'saveAway', 'turn']
const QUIET_TURNS = 4
/** For handlers that wait for what never comes. */
const PATIENT_TURNS = 500
/** Deprecations are compared elsewhere: they are told once a place in the code. */
const IGNORED = (): void => {}

/** Makes the store of a sequence. */
export type MakeRecording = (sequence: Sequence, subject: Subject) => Recording | Promise<Recording>

const inMemory: MakeRecording = ({ store }, { session }) => (store === 'memory' ? memoryRecording(session) : recordingStore(session, store))

/** One raw exchange, before names. */
interface Raw {
  readonly log: string[]
  readonly ids: { readonly id: string; readonly movedFrom?: string | undefined }[]
  answer: Answer | undefined
  /** The id on the request when the handler was done. */
  lastId: string | undefined
  working: number
}

/** A server on loopback whose listener is another for each sequence. */
export class Stage {
  readonly #server: Server
  readonly #makeRecording: MakeRecording
  #listener: Listener = () => {}

  constructor(makeRecording: MakeRecording = inMemory) {
    this.#makeRecording = makeRecording
    this.#server = createServer((request, response) => this.#listener(request, response))
  }

  async open(): Promise<this> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
    return this
  }

  async close(): Promise<void> {
    closeConnections()
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Runs a sequence over a library and says what could be seen. */
  async run(sequence: Sequence, subject: Subject): Promise<Observation> {
    const clock = new Clock(BEGIN)
    const others = process.listeners('unhandledRejection')
    clock.install()
    try {
      process.on('deprecation', IGNORED)
      const recording = await this.#makeRecording(sequence, subject)
      const run = new Run(sequence, subject, recording, clock, this.port, (listener) => {
        this.#listener = listener
      })
      const onUncaught = (error: unknown): void => {
        run.noteUncaught(error)
        setImmediate(() => this.#server.closeAllConnections())
      }
      process.setUncaughtExceptionCaptureCallback(onUncaught)
      process.removeAllListeners('unhandledRejection').on('unhandledRejection', onUncaught)
      return await run.run()
    } finally {
      process.setUncaughtExceptionCaptureCallback(null)
      process.removeAllListeners('unhandledRejection')
      for (const other of others) process.on('unhandledRejection', other)
      process.off('deprecation', IGNORED)
      clock.uninstall()
    }
  }
}

class Run {
  readonly #sequence: Sequence
  readonly #subject: Subject
  readonly #clock: Clock
  readonly #port: number
  readonly #use: (listener: Listener) => void
  readonly #names = new Names()
  readonly #jar: Jar
  readonly #recording: Recording
  readonly #lengths = new Set<number>()
  readonly #kept: { [name: string]: SessionLike } = {}
  /** Requests of the step that runs. */
  #raws: Raw[] = []
  #requests: readonly Request[] = []
  #gates = new Gates()
  #uncaught: string[] = []

  constructor(sequence: Sequence, subject: Subject, recording: Recording, clock: Clock, port: number, use: (listener: Listener) => void) {
    this.#sequence = sequence
    this.#subject = subject
    this.#recording = recording
    this.#clock = clock
    this.#port = port
    this.#use = use
    const { options } = sequence
    this.#jar = new Jar(String(options['name'] ?? options['key'] ?? 'connect.sid'))
  }

  async run(): Promise<Observation> {
    const steps: StepSeen[] = []
    try {
      this.#use(this.#listener())
    } catch (error) {
      return { refused: shown(error), steps, idLengths: [] }
    }
    for (const step of this.#sequence.steps) {
      const seen = await this.#take(step)
      if (seen) steps.push(seen)
      // It would be the same again, after the same wait.
      if (this.#raws.some(({ answer }) => answer?.failure === NO_ANSWER)) break
    }
    return { refused: '', steps, idLengths: [...this.#lengths] }
  }

  noteUncaught(error: unknown): void {
    this.#uncaught.push(shown(error))
  }

  #listener(): Listener {
    const { options, application } = this.#sequence
    const { second } = application
    const { session } = this.#subject
    const { store } = this.#recording
    const sessions: Middleware[] = [session(optionsOf(options, store))]
    if (second) sessions.push(session(optionsOf(second.options, second.sharesStore ? store : new session.MemoryStore())))
    return listenerOf(application, {
      sessions,
      handler: (request, response, next) => void this.#handle(request, response, next),
      onError: (error, request, response, _next) => {
        this.#rawOf(request).log.push(`error handler: ${shown(error)}; head ${response.headersSent ? 'sent' : 'not sent'}`)
        if (response.headersSent) return
        response.statusCode = 500
        response.end('the error page')
      },
    })
  }

  #rawOf(request: SessionRequest): Raw {
    return this.#raws[Number(request.headers['x-number'])] as Raw
  }

  async #handle(request: SessionRequest, response: Scene['response'], next: Scene['next']): Promise<void> {
    const raw = this.#rawOf(request)
    const { operations, answer } = this.#requests[Number(request.headers['x-number'])] as Request
    const note = (line: string): void => void raw.log.push(line)
    const see = (operation?: Operation): void => {
      const movedFrom = operation && KEEPS_THE_SESSION.includes(operation[0]) && raw.lastId !== request.sessionID ? raw.lastId : undefined
      raw.lastId = request.sessionID
      if (request.sessionID !== undefined) raw.ids.push({ id: request.sessionID, movedFrom })
    }
    const scene: Scene = { subject: this.#subject, recording: this.#recording, request, response, next, gates: this.#gates, kept: this.#kept, note }
    raw.working++
    see()
    try {
      for (const operation of operations) {
        await operate(scene, operation)
        see(operation)
      }
      await answerBy(scene, answer)
    } catch (error) {
      next(error)
    } finally {
      raw.working--
    }
  }

  async #take(step: Step): Promise<StepSeen | undefined> {
    if ('advance' in step) {
      this.#clock.advance(step.advance)
      return void (await this.#recording.age?.(step.advance))
    }
    if ('emit' in step) return void this.#recording.store.emit(step.emit)
    if ('fail' in step) return void this.#recording.fail(step.fail.method, step.fail.how, step.fail.times ?? 1)
    if ('replace' in step) return void this.#recording.replace(step.replace)
    if ('plant' in step) return void (await this.#recording.plant(step.plant.id, JSON.stringify(revive(step.plant.session))))
    await this.#recording.age?.(0)
    this.#requests = requestsOf(step)
    this.#raws = this.#requests.map(() => ({ log: [], ids: [], answer: undefined, lastId: undefined, working: 0 }))
    this.#gates = new Gates()
    this.#uncaught = []
    const headers = this.#requests.map((request) => this.#headersOf(request))
    await Promise.all(this.#requests.map((request, index) => this.#send(request, index, headers[index] as { [name: string]: string })))
    this.#recording.release()
    await this.#quiet()
    return this.#seen(await this.#recording.contents())
  }

  async #send(request: Request, index: number, headers: { [name: string]: string }): Promise<void> {
    if (request.after !== undefined) await this.#gates.passed(request.after)
    const raw = this.#raws[index] as Raw
    raw.answer = await send(this.#port, { method: request.method ?? 'GET', path: request.path ?? '/', headers: { ...headers, 'x-number': String(index) } })
    // Its handler may not have come so far.
    for (const [name, gate] of [...request.operations, request.answer]) if (name === 'open' || name === 'opening') this.#gates.open(String(gate))
  }

  #headersOf({ headers = {}, cookie = 'jar' }: Request): { [name: string]: string } {
    const { options, application } = this.#sequence
    const sent = this.#jar.header(cookie, secretsOf(options, application))
    return sent === undefined ? { ...headers } : { ...headers, cookie: sent }
  }

  /** Resolves when nothing of the step is under way any more. */
  async #quiet(): Promise<void> {
    for (let turn = 0, quiet = 0; turn < PATIENT_TURNS && quiet < QUIET_TURNS; turn++, quiet++) {
      await this.#recording.idle?.()
      await new Promise((resolve) => setImmediate(resolve))
      if (this.#recording.inFlight > 0 || this.#raws.some(({ working }) => working > 0)) quiet = -1
    }
  }

  #seen(contents: ReadonlyMap<string, string>): StepSeen {
    const secrets = secretsOf(this.#sequence.options, this.#sequence.application)
    const names = this.#names
    for (const { ids } of this.#raws) {
      for (const { id, movedFrom } of ids) {
        if (movedFrom !== undefined) names.learnMoved(id, movedFrom)
        this.#learn(id)
      }
    }
    for (const { answer, lastId } of this.#raws) {
      for (const [name, value] of answer?.headers ?? []) {
        if (name.toLowerCase() !== 'set-cookie') continue
        this.#jar.receive(value)
        const id = readCookie(value.slice(value.indexOf('=') + 1).split(';')[0] as string, secrets)?.id
        if (id === undefined || names.knows(id)) continue
        if (lastId === undefined) this.#learn(id)
        else names.learnMoved(id, lastId)
      }
    }
    const calls = this.#recording.takeCalls()
    for (const id of [...calls.map(([, id]) => id), ...contents.keys()]) names.learn(id)
    return {
      exchanges: this.#raws.map(({ log, answer }) => ({ log: log.map((line) => names.in(line)), answer: this.#answerLines(answer as Answer, secrets) })),
      store: Object.fromEntries(
        [...contents]
          .map(([id, json]) => [names.nameOf(id), names.in(JSON.stringify(sorted(JSON.parse(json))))])
          .sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
      ),
      uncaught: this.#uncaught.map((line) => names.in(line)),
      calls: calls.filter(([method]) => ['set', 'destroy', 'touch', 'clear'].includes(method)).map(([method, id]) => `${method} ${names.nameOf(id)}`),
    }
  }

  #learn(id: string): void {
    this.#names.learn(id)
    if (typeof id === 'string' && /^[\w-]{32,}$/.test(id)) this.#lengths.add(id.length)
  }

  #answerLines({ status, headers, body, trailers, failure }: Answer, secrets: ReturnType<typeof secretsOf>): string[] {
    const lines = headers
      .filter(([name]) => name.toLowerCase() !== 'date')
      .map(([name, value]) => {
        if (name.toLowerCase() !== 'set-cookie') return `${name}: ${value}`
        const [pair = '', ...attributes] = value.split('; ')
        const at = pair.indexOf('=')
        const cookie = readCookie(pair.slice(at + 1), secrets)
        return `${name}: ${[cookie ? `${pair.slice(0, at)}=${cookie.id} signed by ${cookie.signer}` : pair, ...attributes].join('; ')}`
      })
    return [status, ...lines, `body: ${body}`, ...(trailers.length > 0 ? [`trailers: ${trailers}`] : []), ...(failure ? [`failure: ${failure}`] : [])].map(
      (line) => this.#names.in(line),
    )
  }
}

/** The same with keys in their order, which is nobody's concern. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}

/** Options as the application writes them; `genid` is the name of a way to make ids. */
function optionsOf(options: Sequence['options'], store: object): object {
  const { genid, cookie, ...others } = options
  const made: { [name: string]: unknown } = { ...(revive(others) as object), store }
  if (cookie !== undefined) {
    const fixed = (cookie as { $byRequest?: boolean } | null)?.$byRequest === true ? undefined : revive(cookie)
    made['cookie'] = fixed ?? ((request: SessionRequest) => ({ maxAge: Number(request.headers['x-max-age'] ?? 60_000), path: '/' }))
  }
  if (genid !== undefined) made['genid'] = GENERATORS[String(genid)]?.() ?? genid
  return made
}

const GENERATORS: { readonly [name: string]: () => (request: SessionRequest) => unknown } = {
  counter: () => {
    let count = 0
    return () => `custom-id-number-${++count}`
  },
  fromHeader: () => (request) => request.headers['x-id'] ?? 'id-of-a-request-without-one',
  short: () => {
    let count = 0
    return () => String(++count)
  },
  odd: () => {
    let count = 0
    return () => `with spaces; and = ünïcode ${++count}`
  },
  number: () => () => 42,
  nothing: () => () => undefined,
  throws: () => () => {
    throw new Error('no id')
  },
}
