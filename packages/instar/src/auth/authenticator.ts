import { InstarError } from '../core/errors.ts'
import type { AuthResult, Strategy } from './strategy.ts'

/** Strategies by name. */
export class Authenticator<Request, User = unknown> {
  readonly #strategies = new Map<string, Strategy<Request, User>>()

  /** Registers a strategy. Throws `bad_option` for a name that is taken or empty. */
  use(strategy: Strategy<Request, User>): this {
    const { name } = strategy
    if (typeof name !== 'string' || name === '') throw new InstarError('bad_option', 'A strategy needs a name.')
    if (this.#strategies.has(name)) throw new InstarError('bad_option', `There is a strategy "${name}" already.`)
    this.#strategies.set(name, strategy)
    return this
  }

  /** What the named strategy makes of the request; with several names, the first result that is no failure, else the first failure. Rejects with what a strategy throws. */
  async authenticate(name: string | readonly [string, ...string[]], request: Request): Promise<AuthResult<User>> {
    const names = typeof name === 'string' ? [name] : name
    const strategies = names.map((each) => this.#find(each))
    let refusal: AuthResult<User> | undefined
    for (const strategy of strategies) {
      const result = await strategy.authenticate(request)
      if (result.type !== 'failure') return result
      refusal ??= result
    }
    if (refusal) return refusal
    throw new InstarError('bad_option', 'authenticate() was given no name.')
  }

  #find(name: string): Strategy<Request, User> {
    const strategy = this.#strategies.get(name)
    if (strategy) return strategy
    throw new InstarError('bad_option', `There is no strategy "${name}". There are: ${[...this.#strategies.keys()].join(', ') || 'none'}.`)
  }
}
