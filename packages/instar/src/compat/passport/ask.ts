import { asPromise, once } from './once.ts'
import type { Done, PassportRequest } from './types.ts'

/** A function that an application registered: `(subject, done)`, `(request, subject, done)`, or one that takes the subject and gives a promise. */
// biome-ignore lint/suspicious/noExplicitAny: which form it is, its length says.
export type Registered = (...args: any[]) => unknown

/** Asks the registered functions in order until one gives an answer; one that reports 'pass' leaves it to the next. Done without a value when nobody has one. */
export function ask(
  functions: readonly Registered[],
  request: PassportRequest | undefined,
  subject: unknown,
  isAnswer: (value: unknown) => boolean,
  done: Done,
): void {
  const [first, ...rest] = functions
  if (!first) return done()
  once<unknown>(
    (settle) => {
      if (first.length === 1) return asPromise(first(subject))
      return first.length === 3 ? first(request, subject, settle) : first(subject, settle)
    },
    (error, value) => {
      if (error && error !== 'pass') return done(error)
      if (!error && isAnswer(value)) return done(undefined, value)
      ask(rest, request, subject, isAnswer, done)
    },
    // An async function that takes a callback may well resolve before it calls it.
    (value, settle) => (value !== undefined || first.length === 1) && settle(undefined, value),
  )
}
