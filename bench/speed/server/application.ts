/** What a visitor is shown: `GET /read`. */
export interface Shown {
  readonly user: string | null
  readonly value: string | null
}

/** One of many things that a session holds beside the value that is read. */
export interface Item {
  readonly sku: string
  readonly name: string
  readonly cents: number
}

/**
 * What the little application does with a session, by the means of one library. A framework calls them with its request; bare frameworks do
 * none of it and give the same answers.
 */
export interface Actions<Seen> {
  read(seen: Seen): Shown | Promise<Shown>
  write(seen: Seen, value: string): unknown
  login(seen: Seen, user: string): unknown
  logout(seen: Seen): unknown
  fill(seen: Seen, items: readonly Item[]): unknown
  /** Adds one to a count in the session, with others at the same time: waits for them where an application would wait for its database. */
  increment(seen: Seen, others: () => Promise<void>): unknown
  count(seen: Seen): number | Promise<number>
}

/** How a server is set up by the process that measures it. */
export interface Setting {
  readonly framework: string
  readonly store: string
  /** Of the engine, or the path of a file. */
  readonly url: string
  /** Nobody else uses it there: a table, or a prefix of keys. */
  readonly name: string
  readonly secret: string
  /** How many middlewares that do nothing come after the session's. */
  readonly middlewares: number
  /** How many sessions may be stored at most. */
  readonly rows: number
  /** Called with every statement, where the engine itself cannot be asked how many there were. */
  readonly onStatement?: (sql: string) => void
}

export interface Served {
  /** Resolves to the port. */
  listen(): Promise<number>
  /** Stores so many sessions of other users, past http. */
  seed?(from: number, to: number): unknown
}

/** A file of a subject: makes its server. */
export type Serve = (setting: Setting) => Served | Promise<Served>

export const ASSET = `/* ${'an asset that a page asks for, such as a style sheet '.repeat(10)}*/`

/** A list that takes about so many bytes as JSON. */
export function items(bytes: number): readonly Item[] {
  const made: Item[] = []
  for (let size = 2; size < bytes; ) {
    const item = { sku: `sku-${1000 + made.length}`, name: `A thing that was put into the cart, ${made.length}`, cents: 995 + made.length }
    size += JSON.stringify(item).length + 1
    made.push(item)
  }
  return made
}
