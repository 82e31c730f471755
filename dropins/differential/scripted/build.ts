import type { Application, Json, Operation, Request, Sequence, Spec, Step, StoreKind } from '../sequence.ts'

// Short forms for sequences.

export type Options = { readonly [name: string]: Spec }

/** What the README of the original sets. */
export const USUAL: Options = { secret: 'keyboard cat', resave: false, saveUninitialized: false }

export const SEE: Operation = ['see']

type RequestExtras = Omit<Partial<Request>, 'operations' | 'answer'>

export function ask(operations: readonly Operation[], answer: Request['answer'] = ['text', 'ok'], extras: RequestExtras = {}): Step {
  return { request: { operations, answer, ...extras } }
}

/** A request that stores something, as the begin of most sequences. */
export const begin = (values: { readonly [key: string]: Json } = { views: 1 }): Step => ask([SEE, ['assign', values]])

/** A request that only looks. */
export const look = (extras: RequestExtras = {}): Step => ask([SEE], ['text', 'ok'], extras)

export interface SequenceExtras {
  readonly store?: StoreKind
  readonly application?: Application
}

export function sequence(
  title: string,
  options: Options,
  steps: readonly Step[],
  { store = 'legacy', application = { kind: 'express5' } }: SequenceExtras = {},
): Sequence {
  return { title, options, store, application, steps }
}
