import { stores } from '../stores/open-store.ts'
import { operationsOf } from './known.ts'
import type { Sequence, Step } from './sequence.ts'

const SECOND = 1000
/** The method of the store that an operation calls, where stores need not have it. */
const OPTIONAL: { readonly [operation: string]: string } = { storeAll: 'all', storeLength: 'length', storeClear: 'clear' }

/** The sequences as a store that people have can play them, each once: without those for which a store must fail when told to, or have a method that it has not. */
export function* onStore(name: string, sequences: Iterable<Sequence>): Generator<Sequence> {
  const store = stores[name]
  if (!store) throw new Error(`There is no store ${name}. There are: ${Object.keys(stores).join(', ')}.`)
  const isPossible = (step: Step): boolean => {
    if ('fail' in step || 'replace' in step) return false
    // Redis cannot be told to be some milliseconds older than a second.
    if ('advance' in step && store.engine === 'redis' && step.advance % SECOND !== 0) return false
    // Nobody awaits the one, so it may or may not be over when the other begins.
    if ('together' in step && operationsOf(step).some(([operation]) => operation.endsWith('Away'))) return false
    return operationsOf(step).every(([operation]) => !store.without.includes(OPTIONAL[operation] ?? ''))
  }
  const played = new Set<string>()
  for (const sequence of sequences) {
    if (!sequence.steps.every(isPossible)) continue
    const { title, ...rest } = { ...sequence, store: store.isSync ? 'legacySync' : 'legacy' } as const
    const text = JSON.stringify(rest)
    if (played.has(text)) continue // The same, on another store in memory.
    played.add(text)
    yield { title, ...rest }
  }
}
