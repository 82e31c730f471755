/** The part of Instar's sessions that a draft uses. */
export interface SessionAccess {
  get(key: string): unknown
  has(key: string): boolean
  set(key: string, value: unknown): void
  delete(key: string): void
  /** Moves an anonymous session to a new id. */
  renew(): Promise<void>
}

/** A session of Instar as a plain object that may be changed at any depth, as strategies do, and the function that writes the changes back. */
export interface SessionDraft {
  readonly draft: Record<string, unknown>
  /** Whether anything had changed. */
  write(): boolean
}

export function draftOf(session: SessionAccess): SessionDraft {
  const values = new Map<string, unknown>()
  const read = (key: string): unknown => {
    if (!values.has(key)) values.set(key, structuredClone(session.get(key)))
    return values.get(key)
  }
  const draft = new Proxy(Object.create(null) as Record<string, unknown>, {
    get: (_, key) => (typeof key === 'string' ? read(key) : undefined),
    has: (_, key) => typeof key === 'string' && read(key) !== undefined,
    set: (_, key, value) => typeof key === 'string' && Boolean(values.set(key, value)),
    deleteProperty: (_, key) => typeof key === 'string' && Boolean(values.set(key, undefined)),
    defineProperty(_, key, { value }) {
      if (typeof key !== 'string' || value === undefined) return false
      values.set(key, value)
      return true
    },
    // What it knows of: a session of Instar does not say which keys it has.
    ownKeys: () => [...values].flatMap(([key, value]) => (value === undefined ? [] : [key])),
    getOwnPropertyDescriptor: (_, key) =>
      typeof key === 'string' && read(key) !== undefined ? { value: read(key), writable: true, enumerable: true, configurable: true } : undefined,
  })
  const write = (): boolean => {
    let hasChanged = false
    for (const [key, value] of values) {
      const json = JSON.stringify(value) // As a session of express-session is stored, where a Date becomes its text.
      if (json === JSON.stringify(session.get(key))) continue
      hasChanged = true
      if (json === undefined) session.delete(key)
      else session.set(key, JSON.parse(json))
    }
    return hasChanged
  }
  return { draft, write }
}

/** Whether a session is one of Instar's, and no plain object. */
export function isSessionAccess(session: unknown): session is SessionAccess {
  const { get, has, set, delete: remove, renew } = (session ?? {}) as { [method in keyof SessionAccess]?: unknown }
  return [get, has, set, remove, renew].every((method) => typeof method === 'function')
}
