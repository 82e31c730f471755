/** What strategies descend from; a function, since many call it as one: `Strategy.call(this)`. */
export interface Strategy {
  name?: string
  authenticate(request: unknown, options?: unknown): void
}

export const Strategy = function (this: object) {} as unknown as { new (): Strategy; prototype: Strategy }

Strategy.prototype.authenticate = () => {
  throw new Error('A strategy has to have an authenticate() of its own.')
}
