/** The part of Instar's sessions that a draft uses. */
export interface SessionAccess {
  get(key: string): unknown
  has(key: string): boolean
  set(key: string, value: unknown): void
  delete(key: string): void
}

/** A session of Instar as a plain object that may be changed at any depth, as strategies do, and the function that writes the changes back. */
export interface SessionDraft {
  readonly draft: Record<string, unknown>
  write(): void
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
  })
  const write = (): void => {
    for (const [key, value] of values) {
      if (value === undefined) {
        if (session.has(key)) session.delete(key)
      } else if (JSON.stringify(value) !== JSON.stringify(session.get(key))) session.set(key, value)
    }
  }
  return { draft, write }
}

/** Whether a session is one of Instar's, and no plain object. */
export function isSessionAccess(session: unknown): session is SessionAccess {
  const { get, has, set, delete: remove } = (session ?? {}) as { [method in keyof SessionAccess]?: unknown }
  return [get, has, set, remove].every((method) => typeof method === 'function')
}
