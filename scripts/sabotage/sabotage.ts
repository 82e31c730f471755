/** One guard taken out of the library, and the test that must fail then. */
export interface Sabotage {
  readonly title: string
  /** Below `packages/instar/src`. */
  readonly file: string
  /** Stands there exactly once. */
  readonly find: string
  readonly replace: string
  /** Below `packages/instar/test`, and the test's title without the store's or framework's name in brackets. */
  readonly test: { readonly file: string; readonly name: string }
}
