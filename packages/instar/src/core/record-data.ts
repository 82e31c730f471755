import { InstarError } from './errors.ts'
import type { Json } from './json.ts'

/** A key and how long the JSON of its value is, in UTF-16 units. */
export type KeySize = readonly [key: string, length: number]

interface Entry {
  readonly text: string
  value?: Json | undefined
  isParsed: boolean
}

const isKeySize = (size: unknown): size is KeySize => Array.isArray(size) && typeof size[0] === 'string' && Number.isSafeInteger(size[1]) && size[1] >= 0

/** Without the words of the parser, which quote what they found. */
function parsed(key: string, text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    throw new InstarError(
      'row_unreadable',
      `What the session holds under '${key}' cannot be read: it is not JSON. Delete the row; whoever has it logs in again.`,
    )
  }
}

/**
 * What an application keeps in a session, by key, as JSON. A value is parsed when it is asked for, and one that nobody asked for is written back as it stands, so that a
 * request costs what it uses and not what the session holds. Never changes.
 */
export class RecordData {
  static readonly NONE = new RecordData([], '')
  readonly #sizes: readonly KeySize[]
  /** The values' JSON, one behind the other. */
  readonly text: string
  #entries: Map<string, Entry> | undefined

  /** Of texts that were written before; undefined where they do not fit the sizes. */
  static ofText(sizes: unknown, text: string): RecordData | undefined {
    if (!Array.isArray(sizes)) return undefined
    let length = 0
    for (const size of sizes) {
      if (!isKeySize(size)) return undefined
      length += size[1]
    }
    return length === text.length ? new RecordData(sizes, text) : undefined
  }

  static of(values: { readonly [key: string]: Json }): RecordData {
    return RecordData.#ofTexts(Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)]))
  }

  static #ofTexts(texts: readonly (readonly [key: string, text: string])[]): RecordData {
    return new RecordData(
      texts.map(([key, text]) => [key, text.length]),
      texts.map(([, text]) => text).join(''),
    )
  }

  private constructor(sizes: readonly KeySize[], text: string) {
    this.#sizes = sizes
    this.text = text
  }

  get sizes(): readonly KeySize[] {
    return this.#sizes
  }

  get isEmpty(): boolean {
    return this.#sizes.length === 0
  }

  has(key: string): boolean {
    return this.#index.has(key)
  }

  /** Throws `row_unreadable` where what stands under the key is not JSON. */
  get(key: string): Json | undefined {
    const entry = this.#index.get(key)
    if (!entry) return undefined
    if (!entry.isParsed) {
      entry.value = parsed(key, entry.text)
      entry.isParsed = true
    }
    return entry.value
  }

  /** The same with some values changed, and without those that are undefined. */
  with(changes: ReadonlyMap<string, Json | undefined>): RecordData {
    if (changes.size === 0) return this
    const texts = new Map(this.texts)
    for (const [key, value] of changes) {
      if (value === undefined) texts.delete(key)
      else texts.set(key, JSON.stringify(value))
    }
    return RecordData.#ofTexts([...texts])
  }

  /** Of these keys alone. */
  pick(keys: readonly string[]): RecordData {
    const kept = new Set(keys)
    return RecordData.#ofTexts([...this.texts].filter(([key]) => kept.has(key)))
  }

  /** Each key with the JSON of its value. */
  get texts(): Iterable<readonly [key: string, text: string]> {
    return [...this.#index].map(([key, { text }]) => [key, text])
  }

  /** All of it, as an object of the caller's own: what becomes of its values nobody else sees. */
  toObject(): { [key: string]: Json } {
    return Object.fromEntries([...this.#index].map(([key, { text }]) => [key, parsed(key, text)]))
  }

  get #index(): Map<string, Entry> {
    if (this.#entries) return this.#entries
    const entries = new Map<string, Entry>()
    let at = 0
    for (const [key, length] of this.#sizes) {
      entries.set(key, { text: this.text.slice(at, at + length), isParsed: false })
      at += length
    }
    this.#entries = entries
    return entries
  }
}
