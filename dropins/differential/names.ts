const TOO_SHORT = 12

/** Names for ids in the order of their first sight: #1, #2 … An id that took another's place at a login has its name with a mark: #1'. */
export class Names {
  readonly #names = new Map<string, string>()
  #count = 0

  learn(id: unknown): void {
    if (typeof id === 'string' && id.length >= TOO_SHORT && !this.#names.has(id)) this.#names.set(id, `#${++this.#count}`)
  }

  learnMoved(id: string, from: string): void {
    const before = this.#names.get(from)
    if (before === undefined) this.learn(id)
    else if (!this.#names.has(id)) this.#names.set(id, `${before}'`)
  }

  knows(id: string): boolean {
    return this.#names.has(id)
  }

  nameOf(id: string): string {
    return this.#names.get(id) ?? id
  }

  ids(): Iterable<string> {
    return this.#names.keys()
  }

  /** The text with names for ids. */
  in(text: string): string {
    let result = text
    for (const [id, name] of this.#names) result = result.replaceAll(`'${id}'`, id).replaceAll(id, name)
    return result
  }
}
