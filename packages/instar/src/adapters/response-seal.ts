import type { ServerResponse } from 'node:http'

type Listener = (...args: unknown[]) => void
type AnyMethod = (...args: unknown[]) => unknown

/** What others call to wait for `drain` (`once` comes to `on` by itself), and what changes a head. */
const METHODS = ['on', 'addListener', 'setHeader', 'setHeaders', 'appendHeader', 'removeHeader'] as const
type Method = (typeof METHODS)[number]

/** The first seal of a response, which the shared functions find, and the one that counts. */
const FIRST = Symbol('instar.seal')
const CURRENT = Symbol('instar.seal.current')

interface Sealed {
  [FIRST]?: ResponseSeal
  [CURRENT]?: ResponseSeal
}

/**
 * While an answer is held back, others must find the response as if its head had gone: a second answer has to fail as it does in plain Node, or it would be
 * mixed with the first. `open` takes all of it back. Nothing is ever deleted from a response, and all of them share what covers them, or each would be an object that engines are slow with.
 */
export class ResponseSeal {
  readonly #response: ServerResponse
  readonly #before: Readonly<Record<Method, AnyMethod>>
  readonly #covers: Readonly<Record<Method, AnyMethod>>
  readonly #ownStates: readonly (readonly [name: State, descriptor: PropertyDescriptor])[]
  readonly #status: number
  readonly #statusMessage: string | undefined
  readonly #waiting: Listener[] = []
  readonly hasEnded: () => boolean
  isClosed = true

  constructor(response: ServerResponse, hasEnded: () => boolean) {
    this.#response = response
    this.hasEnded = hasEnded
    const { on, addListener, setHeader, setHeaders, appendHeader, removeHeader, statusCode } = response
    this.#before = { on, addListener, setHeader, setHeaders, appendHeader, removeHeader } as Record<Method, AnyMethod>
    this.#status = statusCode
    this.#statusMessage = isHttp2(response) ? undefined : response.statusMessage
    const sealed = response as Sealed
    // Whoever wrapped the shared functions while an earlier seal was closed still calls them: those are the first one's for good.
    this.#covers = sealed[FIRST] ? coversOf((name, args) => this.called(name, args)) : COVERS
    sealed[FIRST] ??= this
    sealed[CURRENT] = this
    this.#ownStates = STATES.flatMap((name) => coverState(response, name))
    for (const name of METHODS) (response as unknown as Record<Method, AnyMethod>)[name] = this.#covers[name]
  }

  open(): void {
    this.isClosed = false
    const response = this.#response as unknown as Record<Method, AnyMethod>
    // What came over ours meanwhile stays, and finds what was before through ours.
    for (const name of METHODS) if (response[name] === this.#covers[name]) response[name] = this.#before[name]
    for (const [name, descriptor] of this.#ownStates) Object.defineProperty(this.#response, name, descriptor)
    this.#response.statusCode = this.#status
    if (!isHttp2(this.#response)) this.#response.statusMessage = this.#statusMessage as string
  }

  /** Tells those who wait for `drain`, also where a middleware such as compression has registered them elsewhere. */
  drain(): void {
    const reached = new Set(this.#response.rawListeners('drain'))
    this.#response.emit('drain')
    for (const listener of this.#waiting) if (!reached.has(listener)) listener.call(this.#response)
  }

  called(name: Method, args: unknown[]): unknown {
    const isListening = name === 'on' || name === 'addListener'
    if (this.isClosed && !isListening) throw headIsGone()
    if (this.isClosed && args[0] === 'drain') this.#waiting.push(args[1] as Listener)
    const result = this.#before[name].apply(this.#response, args)
    return isListening ? this.#response : result
  }
}

function coversOf(called: (this: Sealed, name: Method, args: unknown[]) => unknown): Readonly<Record<Method, AnyMethod>> {
  const cover = (name: Method): AnyMethod =>
    function (this: Sealed, ...args) {
      return called.call(this, name, args)
    }
  return Object.fromEntries(METHODS.map((name) => [name, cover(name)])) as Record<Method, AnyMethod>
}

const COVERS = coversOf(function (name, args) {
  return this[FIRST]?.called(name, args)
})

const STATES = ['headersSent', 'writableEnded'] as const
type State = (typeof STATES)[number]

/** Covers what a response says of itself. Ours stays where the prototype says it; what a response had as its own is given back. */
function coverState(response: ServerResponse, name: State): (readonly [name: State, descriptor: PropertyDescriptor])[] {
  const own = Object.getOwnPropertyDescriptor(response, name)
  if (own?.get === STATE_COVERS[name].get && own !== undefined) return []
  Object.defineProperty(response, name, STATE_COVERS[name])
  return own ? [[name, own]] : []
}

function stateCover(name: State): PropertyDescriptor {
  return {
    configurable: true,
    get(this: Sealed) {
      const seal = this[CURRENT]
      if (!seal?.isClosed) return Reflect.get(Object.getPrototypeOf(this), name, this)
      return name === 'headersSent' || seal.hasEnded()
    },
    set() {}, // As its prototype has it, or a mock: what is sent is not for others to say.
  }
}

const STATE_COVERS = { headersSent: stateCover('headersSent'), writableEnded: stateCover('writableEnded') }

/** HTTP/2 has no status message, and Node warns of who asks for one. */
export const isHttp2 = (response: ServerResponse): boolean => 'stream' in response

/** As Node says it. */
export function headIsGone(): Error {
  return Object.assign(new Error('Cannot change the head of an answer that was given already.'), { code: 'ERR_HTTP_HEADERS_SENT' })
}
