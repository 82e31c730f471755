import { setTimeout as sleep } from 'node:timers/promises'
import { openStore, type Place } from './drivers.ts'
import { History, type Issued } from './history.ts'
import type { Ledger } from './ledger.ts'
import { Shop } from './shop.ts'

const AT_ONCE = 8
const TRIES = 40
const PAUSE_MS = 250

/** Presents every token that ever left the application, on a connection of its own, and adds what each opens to the ledger. */
export async function verify(place: Place, ledger: Ledger): Promise<void> {
  const opened = await openStore(place)
  const shop = new Shop(opened.store)
  try {
    const rows = Map.groupBy(new History(ledger.entries).tokens, ({ row }) => row)
      .values()
      .toArray()
    await Promise.all(Array.from({ length: AT_ONCE }, () => lookThrough(rows)))
  } finally {
    await opened.close()
  }

  async function lookThrough(rows: Issued[][]): Promise<void> {
    for (let tokens = rows.pop(); tokens; tokens = rows.pop()) {
      // The first of them once more at the end: the look with a newer one has ended them.
      for (const { token } of [...tokens, ...tokens.slice(0, -1)]) await look(token)
    }
  }

  async function look(token: string): Promise<void> {
    for (let left = TRIES; ; left--) {
      const entry = ledger.begin({ act: 'look', token }, true)
      const answer = await shop.serve(entry)
      ledger.end(entry, answer)
      if (!answer.failure) return
      if (left === 0) throw new Error(`What a token opens could not be found out: ${answer.failure.message}`)
      await sleep(PAUSE_MS)
    }
  }
}
