import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { memoryStore } from 'instar/stores/memory'
import { gatedStore } from 'instar/testing'
import { type Comparison, promisesTable } from '../../scripts/generate/promises.ts'
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

/** What was found last, for the guides. */
export const RECORDED = join(import.meta.dirname, '../../bench/figures/promises.json')

if (import.meta.main) {
  const found = await comparisons()
  console.log(promisesTable({ comparisons: found }))
  if (process.argv.includes('--record')) writeFileSync(RECORDED, `${JSON.stringify({ comparisons: found }, null, 2)}\n`)
}
