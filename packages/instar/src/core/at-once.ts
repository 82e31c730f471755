/** What may be there already: most requests of most applications need not wait for it, and a promise that nobody needs costs as much as all the rest. */
export type AtOnce<Value> = Value | Promise<Value>

/** Goes on with a value, in the same tick where it is there. */
export const after = <Value, Result>(value: AtOnce<Value>, next: (value: Value) => AtOnce<Result>): AtOnce<Result> =>
  value instanceof Promise ? value.then(next) : next(value)
