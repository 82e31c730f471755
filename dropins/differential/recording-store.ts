import type { Failure, StoreKind, StoreMethod } from './sequence.ts'
import type { Callback, SessionFunction, StoreLike } from './subjects.ts'

/** What a recording store shows of itself. */
export interface Recording {
  readonly store: StoreLike
  /** Method and id of each call since the last look. */
  takeCalls(): readonly [method: StoreMethod, id: string][]
  /** The sessions that it holds, as JSON. */
  contents(): ReadonlyMap<string, string> | Promise<ReadonlyMap<string, string>>
  plant(id: string, json: string): void | Promise<void>
  fail(method: StoreMethod, how: Failure, times: number): void
  replace(method: StoreMethod): void
  /** Calls whose callback is not due yet. */
  readonly inFlight: number
  /** Ends the wait of calls that are held. */
  release(): void
  /** Of a store that takes more than some turns to answer: resolves when no call is in flight. */
  idle?(): Promise<void>
  /** Of a store with a clock of its own: lets so many milliseconds go by for it. */
  readonly age?: ((milliseconds: number) => Promise<void>) | undefined
}

interface Planned {
  readonly how: Failure
  left: number
}

/** A store as many are that people use: an ES5 class on the library's `Store`, whose `set` is an upsert and which forgets what has expired. */
export function recordingStore(session: SessionFunction, kind: Exclude<StoreKind, 'memory'>): Recording {
  const sessions = new Map<string, string>()
  const planned = new Map<StoreMethod, Planned>()
  let calls: [StoreMethod, string][] = []
  let inFlight = 0
  let held: (() => void)[] = []

  function LegacyStore(this: StoreLike): void {
    session.Store.call(this)
  }
  LegacyStore.prototype = Object.create(session.Store.prototype, { constructor: { value: LegacyStore } })
  const store = new (LegacyStore as unknown as new () => StoreLike)()

  function answer(callback: Callback | undefined, ...values: unknown[]): void {
    if (!callback) return
    if (kind === 'legacySync') return void callback(...(values as [unknown?, unknown?]))
    inFlight++
    setImmediate(() => {
      inFlight--
      callback(...(values as [unknown?, unknown?]))
    })
  }

  function define(method: StoreMethod, work: (id: string, data: unknown) => unknown): void {
    const takesId = ['get', 'set', 'destroy', 'touch'].includes(method)
    const takesData = method === 'set' || method === 'touch'
    const run = (...args: unknown[]): void => {
      const id = takesId ? String(args[0]) : ''
      const callback = args[takesData ? 2 : takesId ? 1 : 0] as Callback | undefined
      calls.push([method, id])
      const plan = planned.get(method)
      if (plan && plan.left > 0) {
        plan.left--
        if (plan.how === 'throw') throw new Error(`${method} threw`)
        if (plan.how === 'error') return answer(callback, new Error(`${method} failed`))
        if (plan.how === 'enoent') return answer(callback, Object.assign(new Error(`${method} found no file`), { code: 'ENOENT' }))
        if (plan.how === 'text') return answer(callback, `${method} failed as a text`)
        if (plan.how === 'null') return answer(callback, null, null)
        const data = takesData ? JSON.parse(JSON.stringify(args[1])) : undefined
        inFlight++
        held.push(() => {
          inFlight--
          answer(callback, null, work(id, data))
        })
        return
      }
      let result: unknown
      try {
        result = work(id, args[1])
      } catch (error) {
        return answer(callback, error)
      }
      answer(callback, null, ...(result === undefined ? [] : [result]))
    }
    ;(store as unknown as { [method: string]: unknown })[method] = run
  }

  const find = (id: string): unknown => {
    const json = sessions.get(id)
    if (json === undefined) return undefined
    const data = JSON.parse(json) as { cookie?: { expires?: string | null } }
    if (!data.cookie?.expires || Date.parse(data.cookie.expires) > Date.now()) return data
    sessions.delete(id)
  }
  const works: { readonly [Method in StoreMethod]: (id: string, data: unknown) => unknown } = {
    get: find,
    set: (id, data) => void sessions.set(id, JSON.stringify(data)),
    destroy: (id) => void sessions.delete(id),
    touch: (id, data) => {
      const current = find(id)
      if (current) sessions.set(id, JSON.stringify({ ...current, cookie: (data as { cookie?: unknown } | null)?.cookie }))
    },
    all: () => Object.fromEntries([...sessions.keys()].map((id) => [id, find(id)]).filter(([, data]) => data)),
    length: () => sessions.size,
    clear: () => sessions.clear(),
  }
  for (const method of Object.keys(works) as StoreMethod[]) if (method !== 'touch' || kind !== 'legacyWithoutTouch') define(method, works[method])

  return {
    store,
    takeCalls() {
      const taken = calls
      calls = []
      return taken
    },
    contents: () => sessions,
    plant: (id, json) => void sessions.set(id, json),
    fail: (method, how, left) => void planned.set(method, { how, left }),
    replace: (method) => define(method, works[method]),
    get inFlight() {
      return inFlight
    },
    release() {
      const released = held
      held = []
      for (const go of released) go()
    },
  }
}

/** The library's own MemoryStore, looked at from outside. */
export function memoryRecording(session: SessionFunction): Recording {
  const store = new session.MemoryStore()
  return {
    store,
    takeCalls: () => [],
    contents: () => new Map(Object.entries(store.sessions)),
    plant: (id, json) => {
      store.sessions[id] = json
    },
    fail: () => {
      throw new Error('A MemoryStore does not fail.')
    },
    replace: () => {
      throw new Error('A MemoryStore stays as it is.')
    },
    inFlight: 0,
    release: () => {},
  }
}
