/** A case of a conformance suite: data, for any test runner. */
export interface ConformanceCase<Subject> {
  readonly title: string
  /** Rejects with what was expected and what came. */
  readonly check: (subject: Subject) => Promise<void>
}

/** Compares JSON values; throws with what was expected and what came. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  const [came, wanted] = [actual, expected].map((value) => JSON.stringify(ordered(value)) ?? 'undefined')
  if (came !== wanted) throw new Error(`Expected ${what} to be ${wanted?.slice(0, 300)}, but it is ${came?.slice(0, 300)}.`)
}

/** The same value with the keys of its objects in order. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, ordered(item)]))
}

export async function rejects(outcome: Promise<unknown>, what: string): Promise<void> {
  const wasKept = await outcome.then(
    () => true,
    () => false,
  )
  if (wasKept) throw new Error(`Expected ${what} to be rejected, but it succeeded.`)
}
