import { table } from './markdown.ts'

/** What one scenario came to, with the original and with the drop-in on two kinds of stores. */
export interface Comparison {
  readonly title: string
  readonly original: string
  readonly ours: string
  readonly oursOnInstar: string
}

export const promisesTable = ({ comparisons }: { readonly comparisons: readonly Comparison[] }): string =>
  table(
    ['what happens', 'express-session', '@instar/express-session, the same store', '@instar/express-session, a store of Instar'],
    comparisons.map(({ title, original, ours, oursOnInstar }) => [title, original, ours, oursOnInstar]),
  )
