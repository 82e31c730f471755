import type { Callback, SessionFunction, StoreLike } from '../differential/subjects.ts'

/** A store as many are: `set` is an upsert. Its next `set` can be held, or every one refused. */
export interface HeldStore extends StoreLike {
  /** Holds the next `set`; `reached` resolves when it came. */
  hold(): { readonly reached: Promise<void>; open(): void }
  refuse: boolean
}

export function heldStore(session: SessionFunction, rows = new Map<string, string>()): HeldStore {
  let gate: { readonly reached: () => void; readonly opened: Promise<void> } | undefined
  const done = (callback: Callback | undefined, error?: unknown, value?: unknown): void => void setImmediate(() => callback?.(error, value))

  class Held extends session.Store {
    refuse = false
    override get(sid: string, callback: Callback): void {
      done(callback, null, JSON.parse(rows.get(sid) ?? 'null'))
    }
    override set(sid: string, data: unknown, callback?: Callback): void {
      if (this.refuse) return done(callback, new Error('The disk is full.'))
      const json = JSON.stringify(data)
      const held = gate
      gate = undefined
      held?.reached()
      Promise.resolve(held?.opened).then(() => {
        rows.set(sid, json)
        done(callback)
      })
    }
    override destroy(sid: string, callback?: Callback): void {
      rows.delete(sid)
      done(callback)
    }
    hold(): { readonly reached: Promise<void>; open(): void } {
      const reached = Promise.withResolvers<void>()
      const opened = Promise.withResolvers<void>()
      gate = { reached: reached.resolve, opened: opened.promise }
      return { reached: reached.promise, open: opened.resolve }
    }
  }
  return new Held() as unknown as HeldStore
}
