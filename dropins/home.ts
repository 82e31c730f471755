import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { extraFolder } from '../scripts/extras.ts'
import { packLibrary, packPackage, unpackLibrary } from '../scripts/pack.ts'
import { capture } from '../scripts/run.ts'

// Installations in which the originals, or the drop-ins as they would be published, are what `express-session` and `passport` resolve to.

/** The drop-ins, packed. */
export interface Packed {
  readonly library: string
  readonly faces: { readonly [name: string]: string }
}

const FACES = ['express-session', 'passport']

/** Packs the library and the faces; the tarballs go with the folder. */
export async function packAll(folder: string): Promise<Packed> {
  const library = await packLibrary(folder)
  const faces: { [name: string]: string } = {}
  for (const name of FACES) faces[name] = await packPackage(name, folder)
  return { library, faces }
}

export interface Home {
  readonly folder: string
  readonly modules: string
  /** Removes it. */
  readonly remove: () => void
}

/** An installation of an extra, hard-linked; with the drop-ins in place of the originals, wherever in its tree these stand, as `overrides` puts them. */
export async function makeHome(extra: string, dropins?: Packed): Promise<Home> {
  const folder = mkdtempSync(join(tmpdir(), 'instar-home-'))
  const modules = join(folder, 'node_modules')
  const { code, output } = await capture('cp', ['-al', join(extraFolder(extra), 'node_modules'), modules])
  if (code !== 0) cpSync(join(extraFolder(extra), 'node_modules'), modules, { recursive: true, verbatimSymlinks: true })
  if (!existsSync(modules)) throw new Error(output)
  if (dropins) {
    for (const [name, tarball] of Object.entries(dropins.faces)) {
      for (const place of globSync(`**/node_modules/${name}`, { cwd: folder })) await unpackInto(join(folder, place), tarball)
    }
    await unpackLibrary(dropins.library, modules)
  }
  return { folder, modules, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

async function unpackInto(place: string, tarball: string): Promise<void> {
  rmSync(place, { recursive: true, force: true })
  mkdirSync(place, { recursive: true })
  const { code, output } = await capture('tar', ['-xzf', tarball, '--strip-components=1', '-C', place])
  if (code !== 0) throw new Error(output)
}
