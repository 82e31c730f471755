import type { Recording } from './recording-store.ts'
import type { StoreMethod } from './sequence.ts'
import type { Callback, StoreLike } from './subjects.ts'

const METHODS: readonly StoreMethod[] = ['get', 'set', 'destroy', 'touch', 'all', 'length', 'clear']
/** Where the callback is among the arguments. */
const CALLBACK_AT: { readonly [Method in StoreMethod]: number } = { get: 1, set: 2, destroy: 1, touch: 2, all: 0, length: 0, clear: 0 }

type Method = (...args: unknown[]) => unknown

/** Notes what is asked of a store of others, which does all of the storing itself. */
export class StoreRecording implements Recording {
  readonly store: StoreLike
  readonly age: ((milliseconds: number) => Promise<void>) | undefined
  /** The store's own methods, past the notes. */
  readonly #own: { readonly [name: string]: Method }
  readonly #storesKeys: readonly string[]
  readonly #ids = new Set<string>()
  #calls: [StoreMethod, string][] = []
  #waiting: (() => void)[] = []
  inFlight = 0

  /** Of the keys of a stored session, `storesKeys` are the store's own. */
  constructor(store: StoreLike, storesKeys: readonly string[] = [], age?: (milliseconds: number) => Promise<void>) {
    this.store = store
    this.age = age
    this.#storesKeys = storesKeys
    const methods = store as unknown as { [name: string]: Method }
    const own: { [name: string]: Method } = {}
    for (const name of METHODS) {
      const method = methods[name]
      if (typeof method !== 'function') continue
      own[name] = (...args) => method.apply(store, args)
      methods[name] = (...args) => this.#noted(name, own[name] as Method, args)
    }
    this.#own = own
  }

  #noted(name: StoreMethod, method: Method, args: readonly unknown[]): unknown {
    const at = CALLBACK_AT[name]
    const id = at > 0 ? String(args[0]) : ''
    this.#calls.push([name, id])
    if (at > 0) this.#ids.add(id)
    let isDone = false
    const done = (): void => {
      if (isDone) return
      isDone = true
      if (--this.inFlight > 0) return
      for (const go of this.#waiting.splice(0)) go()
    }
    this.inFlight++
    try {
      return method(...args.slice(0, at), (...values: Parameters<Callback>) => {
        done()
        ;(args[at] as Callback | undefined)?.(...values)
      })
    } catch (error) {
      done()
      throw error
    }
  }

  takeCalls(): [StoreMethod, string][] {
    return this.#calls.splice(0)
  }

  /** What the store gives for each id that it was ever asked about. */
  async contents(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>()
    for (const id of this.#ids) {
      const session = await this.#get(id)
      if (session)
        found.set(
          id,
          JSON.stringify(session, (key, value) => (this.#storesKeys.includes(key) ? undefined : value)),
        )
    }
    return found
  }

  #get(id: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#own['get']?.(id, (error: { readonly code?: unknown } | null | undefined, session: unknown) => {
        if (error && error.code !== 'ENOENT') reject(error)
        else resolve(session)
      })
    })
  }

  /** What the store refuses, such as an expiry that is no date, is not there. */
  plant(id: string, json: string): Promise<void> {
    this.#ids.add(id)
    return new Promise((resolve) => this.#own['set']?.(id, JSON.parse(json), () => resolve()))
  }

  async idle(): Promise<void> {
    while (this.inFlight > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  fail(): never {
    throw new Error('The stores of others fail when they want to.')
  }

  replace(): never {
    throw new Error('The stores of others stay as they are.')
  }

  release(): void {}
}
