import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from './engine.ts'

const PATIENCE_MS = 30_000

/** Starts several servers at once; where one does not come up the others are stopped. */
export async function startedAll(starts: readonly (() => Promise<Engine>)[]): Promise<Engine[]> {
  const results = await Promise.allSettled(starts.map((start) => start()))
  const failed = results.find((result) => result.status === 'rejected')
  const engines = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
  if (!failed) return engines
  await Promise.all(engines.map((engine) => engine.stop()))
  throw failed.reason
}

/** Asks again and again until the answer is yes; a failing question counts as no. */
export async function until(what: string, question: () => Promise<boolean>): Promise<void> {
  const start = performance.now()
  let last: unknown
  while (performance.now() - start < PATIENCE_MS) {
    try {
      if (await question()) return
      last = 'not yet'
    } catch (error) {
      last = error
    }
    await sleep(50)
  }
  throw new Error(`Waited ${PATIENCE_MS / 1000} seconds in vain until ${what} (${last}).`)
}
