import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { InstarError } from '../core/errors.ts'
import { applyCommit, asksAnything, type CommitResult, type HeadLike } from '../core/http.ts'
import { headIsGone, isHttp2, ResponseSeal } from './response-seal.ts'
import { isProtective } from './web-response.ts'

/** The methods by which the head of a response can go. */
const WAYS = ['writeHead', 'write', 'end', 'flushHeaders'] as const
type Way = (typeof WAYS)[number]
type Call = { readonly way: Way; readonly args: unknown[] }
type Commit = (status: number) => CommitResult | Promise<CommitResult>
type AnyMethod = (...args: unknown[]) => unknown

/** What an answer says that shows nothing of its error. */
const FAILED = 'The request failed.'

/** A bare answer with an error's status; an error that is not Instar's is printed, and not shown. */
export function answerPlainly(error: unknown, response: ServerResponse): void {
  const known = error instanceof InstarError ? error : undefined
  if (!known) console.error(error)
  response.writeHead(known?.status ?? 500, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' })
  response.end(known?.expose ? known.message : FAILED)
}

/**
 * Holds a response's head back until the session is committed. Whatever would send the head (`writeHead`, `write`, `end`, `flushHeaders`) is kept, in order, until
 * `commit` has the cookies, and then runs. When the commit fails nothing of the answer has left: it is thrown away and `onFailure` answers instead.
 * An answer that was still being produced can't be told from the error's answer, so it is cut off by a bare one, and `onFailure` only hears of it.
 */
export function holdHead(response: ServerResponse, commit: Commit, onFailure: (error: unknown) => void): void {
  new HeldResponse(response, commit, onFailure)
}

type Methods = Readonly<Record<Way, AnyMethod>>

const HELD = Symbol('instar.held')
const NO_CALLS: Call[] = []
const NO_HEADERS: OutgoingHttpHeaders = {}

/** What the first answer of a response that is held once calls: the same functions for all of them, since making four for each would cost more than all else here. */
const FIRST_ANSWER: Methods = {
  writeHead(this: Held, ...args) {
    return this[HELD].called(1, 'writeHead', args)
  },
  write(this: Held, ...args) {
    return this[HELD].called(1, 'write', args)
  },
  end(this: Held, ...args) {
    return this[HELD].called(1, 'end', args)
  },
  flushHeaders(this: Held, ...args) {
    return this[HELD].called(1, 'flushHeaders', args)
  },
}

interface Held {
  readonly [HELD]: HeldResponse
}

class HeldResponse {
  readonly #response: ServerResponse
  readonly #commit: Commit
  readonly #onFailure: (error: unknown) => void
  /** As they were before us: the response's own, or those of a middleware that came first. */
  readonly #before: Methods
  readonly #headersBefore: OutgoingHttpHeaders
  readonly #onBefore: PropertyDescriptor | undefined
  #state: 'open' | 'held' | 'gone' | 'cut off' = 'open'
  /** One for each answer that is tried: what still calls for an earlier one finds nobody. */
  #answer = 0
  #calls: Call[] = NO_CALLS
  #seal: ResponseSeal | undefined

  constructor(response: ServerResponse, commit: Commit, onFailure: (error: unknown) => void) {
    this.#response = response
    this.#commit = commit
    this.#onFailure = onFailure
    const { writeHead, write, end, flushHeaders } = response
    this.#before = { writeHead, write, end, flushHeaders } as Methods
    this.#headersBefore = response.getHeaderNames().length > 0 ? response.getHeaders() : NO_HEADERS
    this.#onBefore = Object.getOwnPropertyDescriptor(response, 'on')
    if (isHttp2(response)) breakLoudly(response)
    if (HELD in response)
      this.#takeOver() // By another of us, whose functions find that one.
    else this.#takeOverFirst()
  }

  #takeOverFirst(): void {
    this.#answer = 1
    const response = this.#response as unknown as Record<Way, AnyMethod> & { [HELD]: HeldResponse }
    response[HELD] = this
    response.writeHead = FIRST_ANSWER.writeHead
    response.write = FIRST_ANSWER.write
    response.end = FIRST_ANSWER.end
    response.flushHeaders = FIRST_ANSWER.flushHeaders
  }

  #takeOver(): void {
    const answer = ++this.#answer
    for (const way of WAYS) Object.assign(this.#response, { [way]: (...args: unknown[]) => this.called(answer, way, args) })
  }

  called(answer: number, way: Way, args: unknown[]): unknown {
    if (answer !== this.#answer || this.#state === 'cut off') return way === 'write' ? true : this.#response
    const call = { way, args }
    if (this.#state === 'held') return this.#keep(call)
    if (this.#state === 'open') this.#begin(call)
    return this.#state === 'gone' ? this.#run(call) : this.#keep(call)
  }

  /** The first answer counts: what comes after its end is ignored, and a second head fails as it does in Node. */
  #keep(call: Call): unknown {
    if (call.way === 'writeHead' && this.#calls.length > 0) throw headIsGone()
    if (!this.#hasEnded()) this.#keepLast(call)
    return call.way === 'write' ? false : this.#response
  }

  #keepLast(call: Call): void {
    if (this.#calls === NO_CALLS) this.#calls = [call]
    else this.#calls.push(call)
  }

  #hasEnded(): boolean {
    return this.#calls.some(({ way }) => way === 'end')
  }

  #begin({ way, args }: Call): void {
    const status = way === 'writeHead' && typeof args[0] === 'number' ? args[0] : this.#response.statusCode
    let result: CommitResult | Promise<CommitResult>
    try {
      result = this.#commit(status)
    } catch (error) {
      result = Promise.reject(error)
    }
    if (!(result instanceof Promise)) return this.#open(result, way === 'writeHead' ? args : undefined)
    this.#state = 'held'
    this.#seal = new ResponseSeal(this.#response, () => this.#hasEnded())
    result
      .then((committed) => this.#release(committed))
      .catch((error) => this.#fail(error))
      .catch(() => this.#response.destroy()) // Of a response that is not as others are: nothing of it leaves.
  }

  /** The commit is done: the head may go, with what the commit asks. */
  #open(result: CommitResult, headArgs: unknown[] | undefined): void {
    if (asksAnything(result)) {
      if (headArgs) this.#adoptHeaders(headArgs)
      this.#apply(result)
    }
    this.#state = 'gone'
    this.#stepAside()
  }

  /** Nothing is held any more: where nobody came after us the response has its own methods again, so that the rest of the answer passes us by. */
  #stepAside(): void {
    const response = this.#response as unknown as Record<Way, AnyMethod>
    if (response.writeHead === FIRST_ANSWER.writeHead) response.writeHead = this.#before.writeHead
    if (response.write === FIRST_ANSWER.write) response.write = this.#before.write
    if (response.end === FIRST_ANSWER.end) response.end = this.#before.end
    if (response.flushHeaders === FIRST_ANSWER.flushHeaders) response.flushHeaders = this.#before.flushHeaders
  }

  #apply(result: CommitResult): void {
    applyCommit(result, new NodeHead(this.#response))
  }

  #release(result: CommitResult): void {
    this.#seal?.open()
    const calls = this.#calls
    this.#open(result, calls.find(({ way }) => way === 'writeHead')?.args)
    let flows = true
    try {
      for (const call of calls) {
        const outcome = this.#run(call)
        if (call.way === 'write') flows = outcome !== false
      }
    } catch (error) {
      if (!this.#response.headersSent) throw error
      this.#response.destroy(error as Error)
    }
    this.#calls = NO_CALLS
    if (flows && calls.some(({ way }) => way === 'write') && !this.#response.writableEnded) this.#seal?.drain()
  }

  #run({ way, args }: Call): unknown {
    return this.#before[way].apply(this.#response, args)
  }

  /** Moves headers given to `writeHead` into the response, where ours can join them; there they would replace ours of the same name. */
  #adoptHeaders(args: unknown[]): void {
    const at = typeof args[1] === 'string' || args[1] == null ? 2 : 1
    const headers = args[at] as OutgoingHttpHeaders | unknown[] | null | undefined
    args.splice(typeof args[1] === 'string' ? 2 : 1)
    if (!headers) return
    for (const [name, value] of pairsOf(headers)) if (value !== undefined) this.#response.setHeader(name, value)
  }

  #fail(error: unknown): void {
    const isWhole = this.#hasEnded()
    const isFirst = this.#answer === 1
    this.#seal?.open()
    this.#calls = NO_CALLS
    if (this.#response.headersSent) return void this.#response.destroy()
    this.#forgetAnswer()
    if (!isWhole || !isFirst) return this.#cutOff(error)
    this.#state = 'open'
    // A middleware that came later, such as compression, has taken the answer that is thrown away for the only one: it is passed by.
    this.#takeOver()
    if (this.#onBefore) Object.defineProperty(this.#response, 'on', this.#onBefore)
    else Reflect.deleteProperty(this.#response, 'on')
    this.#report(error)
  }

  #report(error: unknown): void {
    try {
      this.#onFailure(error)
    } catch (another) {
      if (this.#response.headersSent) this.#response.destroy()
      else this.#cutOff(another)
    }
  }

  /** Back to the head that the response had when it came to us, but for what protects any answer. */
  #forgetAnswer(): void {
    const response = this.#response
    for (const name of response.getHeaderNames()) if (!isProtective(name)) response.removeHeader(name)
    for (const [name, value] of Object.entries(this.#headersBefore)) if (value !== undefined) response.setHeader(name, value)
    response.statusCode = 200
    if (!isHttp2(response)) response.statusMessage = undefined as unknown as string
  }

  /** A bare answer; whoever still writes the other one writes to nobody. */
  #cutOff(error: unknown): void {
    this.#state = 'cut off'
    const known = (error as { status?: unknown } | null)?.status
    const status = typeof known === 'number' && known >= 400 && known < 600 ? known : 500
    const response = this.#response
    response.once('finish', () => this.#report(error))
    const answer = (result?: CommitResult): void => {
      if (result) this.#apply(result) // The cookie of a login that was stored leaves even now.
      response.setHeader('Content-Type', 'text/plain; charset=utf-8')
      response.setHeader('Cache-Control', 'no-store')
      response.setHeader('Content-Length', FAILED.length)
      response.statusCode = status
      for (const way of WAYS) Object.assign(response, { [way]: this.#before[way] })
      response.end(FAILED)
      this.#takeOver()
    }
    new Promise<CommitResult>((resolve) => resolve(this.#commit(500))).then(answer, () => answer()).catch(() => response.destroy())
  }
}

class NodeHead implements HeadLike {
  readonly #response: ServerResponse

  constructor(response: ServerResponse) {
    this.#response = response
  }

  get(name: string): string | undefined {
    return this.#response.getHeader(name)?.toString()
  }

  set(name: string, value: string): void {
    this.#response.setHeader(name, value)
  }

  append(name: string, value: string): void {
    const existing = this.#response.getHeader(name)
    this.#response.setHeader(name, existing === undefined ? value : [existing as string | string[], value].flat())
  }
}

/** INTERNAL_ERROR (RFC 9113, section 7). */
const INTERNAL_ERROR = 2

/** On HTTP/2 a response that is destroyed without an error ends like a whole one, so that a body which broke off would be taken for all of it. */
function breakLoudly(response: ServerResponse): void {
  const { stream, destroy } = response as ServerResponse & { readonly stream: { close(code: number): void } }
  response.destroy = (error) => {
    if (!response.writableEnded) stream.close(INTERNAL_ERROR)
    return destroy.call(response, error)
  }
}

function pairsOf(headers: OutgoingHttpHeaders | unknown[]): [string, string | number | readonly string[] | undefined][] {
  if (!Array.isArray(headers)) return Object.entries(headers)
  const flat = (Array.isArray(headers[0]) ? headers.flat() : headers) as string[]
  const merged = new Map<string, { readonly name: string; readonly values: string[] }>()
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = flat[at] as string
    const same = merged.get(name.toLowerCase()) ?? { name, values: [] }
    same.values.push(...[flat[at + 1] as string | string[]].flat())
    merged.set(name.toLowerCase(), same)
  }
  return [...merged.values()].map(({ name, values }) => [name, values.length === 1 ? values[0] : values])
}
