import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeHome, packAll } from '../dropins/home.ts'
import { installExtra } from '../scripts/extras.ts'
import { unpackLibrary } from '../scripts/pack.ts'
import type { Stack } from './apps/stack.ts'

/** Two installations of what the stacks import, with the library as it is published: one with the originals, one with the drop-ins in their places. */
export interface Homes {
  of(stack: Stack): string
  remove(): void
}

export async function makeHomes(): Promise<Homes> {
  await installExtra('lab-stacks')
  const folder = mkdtempSync(join(tmpdir(), 'instar-lab-packed-'))
  try {
    const packed = await packAll(folder)
    const homes = { originals: await makeHome('lab-stacks'), 'drop-ins': await makeHome('lab-stacks', packed) }
    await unpackLibrary(packed.library, homes.originals.modules)
    return {
      of: ({ home }) => homes[home].folder,
      remove() {
        for (const home of Object.values(homes)) home.remove()
      },
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
