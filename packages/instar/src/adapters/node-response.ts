import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { applyCommit, type CommitResult } from '../core/http.ts'

/** The methods by which the head of a response can go. */
const WAYS = ['writeHead', 'write', 'end', 'flushHeaders'] as const
type Way = (typeof WAYS)[number]
type Call = { readonly way: Way; readonly args: unknown[] }
type Commit = (status: number) => CommitResult | Promise<CommitResult>
type AnyMethod = (...args: unknown[]) => unknown

/** Headers that describe the answer which is thrown away when its commit fails. */
const OF_THE_ANSWER = [
  'Content-Type',
  'Content-Length',
  'Content-Encoding',
  'Content-Range',
  'Content-Disposition',
  'Transfer-Encoding',
  'ETag',
  'Last-Modified',
  'Location',
  'Cache-Control',
  'Expires',
]

/**
 * Holds a response's head back until the session is committed. Whatever would send the head (`writeHead`, `write`, `end`, `flushHeaders`) is kept, in order, until
 * `commit` has the cookies, and then runs. When the commit fails nothing of the answer has left: it is thrown away and `onFailure` answers instead.
 */
export function holdHead(
  response: ServerResponse,
  commit: (status: number) => CommitResult | Promise<CommitResult>,
  onFailure: (error: unknown) => void,
): void {
  new HeldResponse(response, commit, onFailure)
}

class HeldResponse {
  readonly #response: ServerResponse
  readonly #commit: Commit
  readonly #onFailure: (error: unknown) => void
  /** As they were before us: the response's own, or those of a middleware that came first. */
  readonly #before: Record<Way, AnyMethod>
  readonly #ours = {} as Record<Way, AnyMethod>
  #state: 'open' | 'held' | 'gone' = 'open'
  #calls: Call[] = []
  #hasFailed = false

  constructor(response: ServerResponse, commit: Commit, onFailure: (error: unknown) => void) {
    this.#response = response
    this.#commit = commit
    this.#onFailure = onFailure
    this.#before = {} as Record<Way, AnyMethod>
    for (const way of WAYS) {
      this.#before[way] = response[way] as AnyMethod
      this.#ours[way] = (...args) => this.#called({ way, args })
    }
    this.#takeOver()
  }

  #takeOver(): void {
    Object.assign(this.#response, this.#ours)
  }

  #called(call: Call): unknown {
    if (this.#state === 'open') this.#begin(call)
    if (this.#state === 'gone') return this.#run(call)
    this.#calls.push(call)
    return call.way === 'write' ? false : this.#response
  }

  #begin({ way, args }: Call): void {
    const status = way === 'writeHead' && typeof args[0] === 'number' ? args[0] : this.#response.statusCode
    let result: CommitResult | Promise<CommitResult>
    try {
      result = this.#commit(status)
    } catch (error) {
      result = Promise.reject(error)
    }
    if (result instanceof Promise) {
      this.#state = 'held'
      this.#pretendSent()
      result.then((committed) => this.#release(committed)).catch((error) => this.#fail(error))
    } else this.#open(result, way === 'writeHead' ? args : undefined)
  }

  /** The commit is done: the head may go, with what the commit asks. */
  #open(result: CommitResult, headArgs: unknown[] | undefined): void {
    if (headArgs) this.#adoptHeaders(headArgs)
    const response = this.#response
    applyCommit(result, {
      get: (name) => response.getHeader(name)?.toString(),
      set: (name, value) => void response.setHeader(name, value),
      append(name, value) {
        const existing = response.getHeader(name)
        response.setHeader(name, existing === undefined ? value : [existing as string | string[], value].flat())
      },
    })
    this.#state = 'gone'
  }

  #release(result: CommitResult): void {
    const calls = this.#calls
    this.#open(result, calls.find(({ way }) => way === 'writeHead')?.args)
    this.#calls = []
    this.#stopPretending()
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
    if (flows && calls.some(({ way }) => way === 'write') && !this.#response.writableEnded) this.#response.emit('drain')
  }

  #run({ way, args }: Call): unknown {
    return this.#before[way].apply(this.#response, args)
  }

  /** Moves headers given to `writeHead` into the response, where ours can join them; there they would replace ours of the same name. */
  #adoptHeaders(args: unknown[]): void {
    const at = typeof args[1] === 'string' ? 2 : 1
    const headers = args[at] as OutgoingHttpHeaders | unknown[] | undefined
    if (!headers) return
    args.splice(at)
    for (const [name, value] of pairsOf(headers)) if (value !== undefined) this.#response.setHeader(name, value)
  }

  #fail(error: unknown): void {
    this.#calls = []
    this.#stopPretending()
    const response = this.#response
    if (response.headersSent) {
      response.destroy()
      return
    }
    for (const name of OF_THE_ANSWER) response.removeHeader(name)
    if (this.#hasFailed) {
      this.#state = 'gone'
      response.writeHead(503, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-store' })
      response.end('Service Unavailable')
      return
    }
    this.#hasFailed = true
    this.#state = 'open'
    response.statusCode = 200
    // A middleware that came later, such as compression, has already taken the answer that is thrown away for the only one.
    this.#takeOver()
    if (Object.hasOwn(response, 'on')) Reflect.deleteProperty(response, 'on')
    this.#onFailure(error)
  }

  /** While the head is held, others must see the answer as given, or an error handler would give a second one. */
  #pretendSent(): void {
    const hasEnded = (): boolean => this.#calls.some(({ way }) => way === 'end')
    Object.defineProperties(this.#response, {
      headersSent: { configurable: true, get: () => true },
      writableEnded: { configurable: true, get: hasEnded },
    })
  }

  #stopPretending(): void {
    for (const name of ['headersSent', 'writableEnded']) Reflect.deleteProperty(this.#response, name)
  }
}

function pairsOf(headers: OutgoingHttpHeaders | unknown[]): [string, string | number | readonly string[] | undefined][] {
  if (!Array.isArray(headers)) return Object.entries(headers)
  const flat = headers.flat() as string[]
  const merged = new Map<string, string[]>()
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const name = (flat[at] as string).toLowerCase()
    merged.set(name, [...(merged.get(name) ?? []), flat[at + 1] as string])
  }
  return [...merged].map(([name, values]) => [name, values.length === 1 ? values[0] : values])
}
