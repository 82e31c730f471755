import { differences } from './differences.ts'
import type { KnownDifference } from './known.ts'
import { same } from './lines.ts'
import type { Observation, StepSeen } from './observe.ts'
import { type Request, requestsOf, type Sequence, type Step } from './sequence.ts'

/** What differs, as lists of lines. */
export interface Difference {
  readonly part: 'refused' | 'ids' | 'log' | 'answer' | 'store' | 'calls' | 'uncaught'
  readonly original: readonly string[]
  readonly ours: readonly string[]
}

/** Where it differs. */
export interface Place {
  readonly sequence: Sequence
  readonly step: Step | undefined
  /** Of the steps that are requests. */
  readonly index: number
  /** The request whose log or answer it is. */
  readonly request: Request | undefined
  /** The number of that request in its step. */
  readonly at: number
  readonly original: StepSeen
  readonly ours: StepSeen
  /** What both showed in the steps before. */
  readonly before: readonly { readonly original: StepSeen; readonly ours: StepSeen }[]
}

export interface Found extends Difference {
  readonly place: Place
}

export interface Comparison {
  /** What no entry of the list explains. */
  readonly unexplained: readonly Found[]
  /** The entries that explained something. */
  readonly used: ReadonlySet<string>
  /** Whether steps were left out, because an entry says that the two are in different states after it. */
  readonly isCut: boolean
}

const EMPTY: StepSeen = { exchanges: [], store: {}, calls: [], uncaught: [] }
const storeLines = ({ store }: StepSeen): string[] => Object.entries(store).map(([name, json]) => `${name} ${json}`)

/** Compares what two libraries showed for one sequence; `ofTheStore` are differences that are known beside the list. */
export function compare(sequence: Sequence, original: Observation, ours: Observation, ofTheStore: readonly KnownDifference[] = []): Comparison {
  const unexplained: Found[] = []
  const used = new Set<string>()
  let isCut = false
  const judge = (difference: Difference, place: Place): void => {
    let rest = difference
    for (const { id, explain, diverges } of [...ofTheStore, ...differences]) {
      if (same(rest.original, rest.ours)) return
      const after = explain(rest, place)
      if (same(after.original, rest.original) && same(after.ours, rest.ours)) continue
      used.add(id)
      if (diverges?.(rest, place)) isCut = true
      rest = after
    }
    if (!same(rest.original, rest.ours)) unexplained.push({ ...rest, place })
  }
  const nowhere: Place = { sequence, step: undefined, index: -1, request: undefined, at: -1, original: EMPTY, ours: EMPTY, before: [] }
  judge({ part: 'refused', original: [original.refused], ours: [ours.refused] }, nowhere)
  judge({ part: 'ids', original: original.idLengths.map(String), ours: ours.idLengths.map(String) }, nowhere)
  const before: { original: StepSeen; ours: StepSeen }[] = []
  const steps = sequence.steps.filter((step) => requestsOf(step).length > 0)
  for (const [index, step] of steps.entries()) {
    const pair = { original: original.steps[index] ?? EMPTY, ours: ours.steps[index] ?? EMPTY }
    const place = { sequence, step, index, ...pair, before, request: undefined, at: -1 }
    for (const [at, request] of requestsOf(step).entries()) {
      for (const part of ['log', 'answer'] as const) {
        judge({ part, original: pair.original.exchanges[at]?.[part] ?? [], ours: pair.ours.exchanges[at]?.[part] ?? [] }, { ...place, request, at })
      }
    }
    judge({ part: 'store', original: storeLines(pair.original), ours: storeLines(pair.ours) }, place)
    judge({ part: 'calls', original: pair.original.calls, ours: pair.ours.calls }, place)
    judge({ part: 'uncaught', original: pair.original.uncaught, ours: pair.ours.uncaught }, place)
    if (isCut || unexplained.length > 0) break
    before.push(pair)
  }
  return { unexplained, used, isCut }
}

const changed = (sign: string, some: readonly string[], others: readonly string[]): string[] =>
  some.filter((line) => !others.includes(line)).map((line) => `  ${sign} ${line}`)

/** A difference as a person reads it. */
export function report({ part, original, ours, place: { sequence, index, step } }: Found): string {
  return [`${sequence.title}: ${part} of request ${index} ${JSON.stringify(step)}`, ...changed('-', original, ours), ...changed('+', ours, original)].join('\n')
}

/** The same for differences that are probably of one kind. */
export function signatureOf({ part, original, ours }: Found): string {
  return [part, ...changed('-', original, ours), ...changed('+', ours, original)].join('').replace(/#\d+'*/g, '#')
}
