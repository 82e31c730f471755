import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sharedEngines } from '@instar/engines'
import { stores, type Where } from './open-store.ts'

/** The engines of the stores, and a folder for those that keep files. */
export interface Engines {
  /** Whether a store's engine is there. */
  has(store: string): boolean
  /** A place that nobody else uses. */
  where(): Where
  stop(): Promise<void>
}

export async function openEngines(): Promise<Engines> {
  const engines = await sharedEngines()
  const folder = mkdtempSync(join(tmpdir(), 'instar-legacy-stores-'))
  const { redis, postgres, mariadb } = engines
  const urls: Where['urls'] = { redis, postgres, mariadb }
  return {
    has(store) {
      const engine = stores[store]?.engine
      return engine === undefined || urls[engine] !== undefined
    },
    where: () => ({ folder, name: `t_${randomBytes(6).toString('hex')}`, urls }),
    async stop() {
      await engines.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
