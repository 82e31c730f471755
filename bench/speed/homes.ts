import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeHome, packAll } from '../../dropins/home.ts'
import { unpackLibrary } from '../../scripts/pack.ts'
import { PEERS_EXTRA } from './peers.ts'

/** Two installations of the peers with the library as it is published: one with the originals, one with the drop-ins in their place. */
export interface Homes {
  readonly originals: string
  readonly 'drop-ins': string
  remove(): void
}

export async function makeHomes(): Promise<Homes> {
  const folder = await mkdtemp(join(tmpdir(), 'instar-speed-packed-'))
  try {
    const packed = await packAll(folder)
    const [originals, dropIns] = [await makeHome(PEERS_EXTRA), await makeHome(PEERS_EXTRA, packed)]
    await unpackLibrary(packed.library, originals.modules)
    return {
      originals: originals.folder,
      'drop-ins': dropIns.folder,
      remove() {
        originals.remove()
        dropIns.remove()
      },
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
