import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { capture } from '../../scripts/run.ts'

interface Manifest {
  readonly version: string
  readonly dependencies?: { readonly [name: string]: string }
  readonly optionalDependencies?: { readonly [name: string]: string }
}

/** What an install of some packages brings. */
export interface Weight {
  readonly packages: number
  /** Of all files. */
  readonly installedBytes: number
  /** Of the packages themselves, without what they depend on. */
  readonly packedBytes: number
  readonly packedWithDependenciesBytes: number
}

/** The folders of packages and of what they depend on, as installed in a `node_modules`. Peers are not followed: the application has them anyway. */
export function closureOf(modules: string, names: readonly string[]): readonly string[] {
  const folders = new Set<string>()
  const visit = (folder: string): void => {
    if (folders.has(folder)) return
    folders.add(folder)
    const { dependencies = {}, optionalDependencies = {} } = manifestOf(folder)
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const found = find(modules, folder, name)
      if (found) visit(found)
      else if (!(name in optionalDependencies)) throw new Error(`${folder} depends on ${name}, which is not installed.`)
    }
  }
  for (const name of names) visit(join(modules, name))
  return [...folders]
}

export const versionIn = (modules: string, name: string): string => manifestOf(join(modules, name)).version

export async function weigh(modules: string, names: readonly string[]): Promise<Weight> {
  const folders = closureOf(modules, names)
  const packed = await packedSizes(folders)
  const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)
  return {
    packages: folders.length,
    installedBytes: sum(folders.map(sizeOf)),
    packedBytes: sum(names.map((name) => packed.get(join(modules, name)) ?? 0)),
    packedWithDependenciesBytes: sum(packed.values()),
  }
}

/** Where Node finds a package: beside the one that wants it, or further out. */
function find(modules: string, folder: string, name: string): string | undefined {
  for (let from = folder; from.startsWith(modules); from = dirname(from)) {
    const found = join(from, 'node_modules', name)
    if (existsSync(join(found, 'package.json'))) return found
  }
  const found = join(modules, name)
  return existsSync(join(found, 'package.json')) ? found : undefined
}

const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

/** Without the packages that are installed inside of it. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((total, entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? total : total + sizeOf(path)
    return total + statSync(path).size
  }, 0)
}

/** What `npm pack` makes of installed folders, in bytes. */
async function packedSizes(folders: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { code, output } = await capture('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=silent', ...folders])
  if (code !== 0) throw new Error(`npm pack failed:\n${output}`)
  const packed = JSON.parse(output) as readonly { readonly size: number }[]
  return new Map(folders.map((folder, at) => [folder, packed[at]?.size ?? 0]))
}
