import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'

const ROOT = join(import.meta.dirname, '..', '..', '..')

/** Where the originals are, and what people use beside them. */
export const DROPINS = process.env['INSTAR_DROPINS'] ?? join(ROOT, 'dropins', 'node_modules')

/** Why tests that need the originals are left out; false where they are there. */
export const missing: string | false = existsSync(join(DROPINS, 'passport')) ? false : '"npm run extras -- dropins" installs what this needs.'

/** Requires a package of the originals. */
export const original = createRequire(join(DROPINS, 'anchor.js'))

export interface Installed {
  readonly folder: string
  readonly require: NodeJS.Require
}

/**
 * A folder as an installation would make it whose `passport` is the drop-in, by an alias and `overrides`. What is named in `copied` is there too, and finds that `passport` and no
 * other. The folder is removed after the tests of the file.
 */
export function install(copied: readonly string[] = []): Installed {
  const folder = mkdtempSync(join(tmpdir(), 'instar-passport-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const modules = join(folder, 'node_modules')
  const put = (name: string, place: (target: string) => void): void => {
    const target = join(modules, name)
    mkdirSync(dirname(target), { recursive: true })
    place(target)
  }
  put('passport', (target) => {
    for (const part of ['lib', 'package.json']) cpSync(join(ROOT, 'packages', 'passport', part), join(target, part), { recursive: true })
  })
  put('instar', (target) => symlinkSync(join(ROOT, 'packages', 'instar'), target))
  for (const name of copied)
    put(name, (target) => cpSync(join(DROPINS, name), target, { recursive: true, filter: (path) => !path.endsWith(join(name, 'node_modules', 'passport')) }))
  return { folder, require: createRequire(join(folder, 'anchor.js')) }
}
