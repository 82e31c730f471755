import { memoryStore } from 'instar/stores/memory'
import { gatedStore } from 'instar/testing'
import { table } from '../../scripts/generate/markdown.ts'
import { original, ours, type SessionFunction } from '../differential/subjects.ts'
import { heldStore } from './held-store.ts'
import { type Place, scenarios, serialIncrements } from './scenarios.ts'

// What an application gets that changes not a line: original against ours, side by side.

function onStoreOfOthers(session: SessionFunction): Place {
  const store = heldStore(session)
  return {
    session,
    options: { store },
    hold: () => store.hold(),
    refuse: () => {
      store.refuse = true
    },
  }
}

function onStoreOfInstar(session: SessionFunction): Place {
  const store = gatedStore(memoryStore())
  return { session, options: { store }, hold: () => store.hold('create'), refuse: () => store.breakDown() }
}

export interface Comparison {
  readonly title: string
  readonly original: string
  readonly ours: string
  readonly oursOnInstar: string
}

export async function comparisons(): Promise<readonly Comparison[]> {
  const [theirs, drop] = [original().session, (await ours()).session]
  const results: Comparison[] = []
  for (const { title, run } of scenarios)
    results.push({
      title,
      original: await run(onStoreOfOthers(theirs)),
      ours: await run(onStoreOfOthers(drop)),
      oursOnInstar: await run(onStoreOfInstar(drop)),
    })
  const serial = { ours: await serialIncrements(onStoreOfOthers(drop)), oursOnInstar: await serialIncrements(onStoreOfInstar(drop)) }
  return [...results, { title: 'the same increments, with `serial: true`', original: 'no such option', ...serial }]
}

export const comparisonTable = (all: readonly Comparison[]): string =>
  table(
    ['what happens', 'express-session', '@instar/express-session, the same store', '@instar/express-session, a store of Instar'],
    all.map(({ title, original: theirs, ours: mine, oursOnInstar }) => [title, theirs, mine, oursOnInstar]),
  )

if (import.meta.main) console.log(comparisonTable(await comparisons()))
