/**
 * A promise that knows whether anybody looked at it. `await`, `then`, `Promise.all` and `return` from an async function all do;
 * a call whose `await` was forgotten does not, and the commit then answers for it.
 */
export class Outcome<T> extends Promise<T> {
  wasObserved = false

  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  // biome-ignore lint/suspicious/noThenProperty: a promise has one
  override then<Kept = T, Caught = never>(
    onKept?: ((value: T) => Kept | PromiseLike<Kept>) | null,
    onCaught?: ((reason: unknown) => Caught | PromiseLike<Caught>) | null,
  ): Promise<Kept | Caught> {
    this.wasObserved = true
    return super.then(onKept, onCaught)
  }
}

/** Starts work whose failure is never an unhandled rejection, since a commit will look at it. */
export function startOutcome<T>(work: () => Promise<T>): Outcome<T> {
  const outcome = new Outcome<T>((keep, fail) => {
    work().then(keep, fail)
  })
  Promise.prototype.then.call(outcome, undefined, () => {})
  return outcome
}
