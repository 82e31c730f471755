/** Points that handlers of different requests wait for, so that their order is the same in every run. */
export class Gates {
  readonly #gates = new Map<string, PromiseWithResolvers<void>>()

  #gate(name: string): PromiseWithResolvers<void> {
    let gate = this.#gates.get(name)
    if (!gate) this.#gates.set(name, (gate = Promise.withResolvers()))
    return gate
  }

  passed(name: string): Promise<void> {
    return this.#gate(name).promise
  }

  open(name: string): void {
    this.#gate(name).resolve()
  }
}
