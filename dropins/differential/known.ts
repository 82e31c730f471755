import type { Difference, Place } from './compare.ts'
import { type Operation, type Request, requestsOf, type Sequence, type Step } from './sequence.ts'

/** A difference from the original that is meant. */
export interface KnownDifference {
  readonly id: string
  /** What ours does. */
  readonly what: string
  readonly why: string
  readonly oldBehaviour: string
  /** What is left of a difference when this is taken out of it; the difference itself where this is not the reason. */
  explain(difference: Difference, place: Place): Difference
  /** Whether the two are in different states afterwards, so that the rest of the sequence cannot be compared. */
  diverges?(difference: Difference, place: Place): boolean
}

export const EARLY = /^(error handler: .*); head not sent$/
export const always = (): boolean => true

export const operationsOf = (step: Step | undefined): readonly Operation[] => (step ? requestsOf(step).flatMap(({ operations }) => operations) : [])
export const fails = (sequence: Sequence, method: string): boolean => sequence.steps.some((step) => 'fail' in step && step.fail.method === method)

/** When each step that is a request is taken, in milliseconds from the begin. */
export function momentsOf({ steps }: Sequence): readonly number[] {
  const moments: number[] = []
  let now = 0
  for (const step of steps) {
    if ('advance' in step) now += step.advance
    else if (requestsOf(step).length > 0) moments.push(now)
  }
  return moments
}

/** Paths that say who is logged in, as the sequences use them. */
const USERS = ['user', 'userId', 'uid', 'account', 'adminUser', 'passport.user']
export const changesUser = (sequence: Sequence): boolean =>
  sequence.steps.flatMap(operationsOf).some(([name, path]) => name === 'set' && USERS.includes(String(path)))

/** Takes all of a difference away, where this is its reason. */
export const explained = (difference: Difference, isReason: boolean): Difference => (isReason ? { ...difference, ours: difference.original } : difference)

/** The request of a step that has one. */
export const requestIn = ({ request, step }: Place): Request | undefined => request ?? (step && 'request' in step ? step.request : undefined)

/** Takes lines of ours away. */
export function without(difference: Difference, isOne: (line: string) => boolean): Difference {
  return { ...difference, ours: difference.ours.filter((line) => !isOne(line)), original: difference.original.filter((line) => !isOne(line)) }
}

export const bodyOf = (lines: readonly string[]): string => lines.find((line) => line.startsWith('body: '))?.slice(6) ?? ''
export const nameIn = (line: string): string => line.slice(0, line.indexOf(' '))

export function isMark(line: string): boolean {
  const { cookie: _, __instar: mark, ...others } = JSON.parse(line.slice(line.indexOf(' '))) as { cookie?: unknown; __instar?: unknown }
  return mark !== undefined && Object.keys(others).length === 0
}

/** Operations that end a session. */
const ENDINGS = [
  'destroy',
  'destroyAway',
  'destroyKept',
  'regenerate',
  'storeDestroy',
  'storeRegenerate',
  'storeClear',
  'setToNull',
  'setToUndefined',
  'deleteSession',
]

/** Whether a session was ended in this step or before. */
export function hasEndings({ sequence: { steps, options }, step }: Place): boolean {
  if (options['unset'] === 'destroy') return true // So does a request whose session could not be loaded.
  const until = step === undefined ? -1 : steps.indexOf(step)
  return steps
    .slice(0, until + 1)
    .some(
      (each) =>
        operationsOf(each).some(([name]) => ENDINGS.includes(name)) ||
        requestsOf(each).some(({ answer: [form] }) => /^(destroy|regenerate)AfterHead$/.test(form)),
    )
}

/** Whether a session is not in a store any more, or only as one that ended. */
export const isGone = (store: { readonly [name: string]: string }, name: string): boolean => store[name] === undefined || isMark(`${name} ${store[name]}`)

/** Whether a stored session holds nothing. */
export const isUnused = (json: string | undefined): boolean => json !== undefined && Object.keys(JSON.parse(json) as object).join() === 'cookie'
