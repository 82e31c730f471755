import type { Json } from './json.ts'
import { RecordData } from './record-data.ts'
import type { FlashItem, SessionRecord } from './session-record.ts'

/** A record's data with a request's own changes. */
export class DraftData {
  readonly #base: RecordData
  #changes: Map<string, Json | undefined> | undefined

  constructor(base: RecordData) {
    this.#base = base
  }

  get(key: string): Json | undefined {
    return this.#changes?.has(key) ? this.#changes.get(key) : this.#base.get(key)
  }

  has(key: string): boolean {
    return this.#changes?.has(key) ? this.#changes.get(key) !== undefined : this.#base.has(key)
  }

  set(key: string, value: Json): void {
    this.#change(key, value)
  }

  delete(key: string): void {
    this.#change(key, undefined)
  }

  #change(key: string, value: Json | undefined): void {
    this.#changes ??= new Map()
    this.#changes.set(key, value)
  }

  get result(): RecordData {
    return this.#changes ? this.#base.with(this.#changes) : this.#base
  }
}

/** What a request may change of a record. */
export interface Draft {
  readonly data: DraftData
  flash: readonly FlashItem[]
  returnTo: string | undefined
}

/** One change. It may be applied more than once, each time to what the row holds by then; one that throws has changed nothing. */
export interface Edit {
  /** What it changes of the record, and for data under which key. */
  readonly part: keyof Draft
  readonly key: string
  apply(draft: Draft): void
}

const MOST_FLASHES = 32

export const edits = {
  set: (key: string, value: Json): Edit => ({ part: 'data', key, apply: (draft) => void draft.data.set(key, value) }),

  delete: (key: string): Edit => ({ part: 'data', key, apply: (draft) => void draft.data.delete(key) }),

  update: (key: string, compute: (value: Json | undefined) => Json): Edit => ({
    part: 'data',
    key,
    apply: (draft) => void draft.data.set(key, compute(draft.data.get(key))),
  }),

  addFlash: (item: FlashItem): Edit => ({
    part: 'flash',
    key: 'flash',
    apply(draft) {
      draft.flash = [...draft.flash, item].slice(-MOST_FLASHES)
    },
  }),

  removeFlashes: (ids: ReadonlySet<string>): Edit => ({
    part: 'flash',
    key: 'flash',
    apply(draft) {
      draft.flash = draft.flash.filter(({ id }) => !ids.has(id))
    },
  }),

  /** Another path, which a parallel request remembers meanwhile, stays. */
  takeReturnTo: (taken: string): Edit => ({
    part: 'returnTo',
    key: 'returnTo',
    apply(draft) {
      if (draft.returnTo === taken) draft.returnTo = undefined
    },
  }),

  returnTo: (path: string): Edit => ({
    part: 'returnTo',
    key: 'returnTo',
    apply(draft) {
      draft.returnTo = path
    },
  }),
}

/**
 * What one request wrote, as changes rather than as a result: applied to whatever the row holds when the commit comes,
 * so that two requests which write different keys, or both count up, lose nothing.
 */
export type Delta = readonly Edit[]

/** The keys that a delta writes, each once. */
export const keysOf = (delta: Delta): string[] => [...new Set(delta.map(({ key }) => key))]

export function draftOf(record: SessionRecord | undefined, delta: Delta = []): Draft {
  const draft: Draft = { data: new DraftData(record?.data ?? RecordData.NONE), flash: record?.flash ?? [], returnTo: record?.returnTo }
  for (const edit of delta) edit.apply(draft)
  return draft
}

export function withDraft(record: SessionRecord, draft: Draft): SessionRecord {
  const { flash: _flash, returnTo: _returnTo, ...rest } = record
  return {
    ...rest,
    data: draft.data.result,
    ...(draft.flash.length > 0 && { flash: draft.flash }),
    ...(draft.returnTo !== undefined && { returnTo: draft.returnTo }),
  }
}
