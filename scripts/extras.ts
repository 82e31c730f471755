import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, run } from './run.ts'

// What is too heavy for the main install, or would shadow it, has a folder with a lock file of its own. `npm run extras` installs all of them,
// `npm run extras -- bun deno` those; the tests use what is installed and print what they left out.

interface Extra {
  readonly name: string
  /** Below the root. */
  readonly folder: string
}

export const extras: readonly Extra[] = [
  { name: 'node-22', folder: 'runtimes/node-22' },
  { name: 'node-26', folder: 'runtimes/node-26' },
  { name: 'bun', folder: 'runtimes/bun' },
  { name: 'deno', folder: 'runtimes/deno' },
  { name: 'nextjs', folder: 'examples/full-stack/nextjs' },
  { name: 'sveltekit', folder: 'examples/full-stack/sveltekit' },
  { name: 'react-router', folder: 'examples/full-stack/react-router' },
  { name: 'dropins', folder: 'dropins' },
  { name: 'dropin-applications', folder: 'dropins/applications' },
  { name: 'import-peers', folder: 'bench/imports/peers' },
  { name: 'speed-peers', folder: 'bench/speed/peers' },
  { name: 'lab-stacks', folder: 'lab/stacks' },
]

/** The folder of an extra. */
export function extraFolder(name: string): string {
  const extra = extras.find((each) => each.name === name)
  if (!extra) throw new Error(`There is no extra "${name}". There are: ${extras.map((each) => each.name).join(', ')}.`)
  return join(ROOT, extra.folder)
}

/** The lock file that was installed last, as it was then. */
const STAMP = 'node_modules/.installed-lock.json'

/** Whether what is installed is what the lock file says. */
export function hasExtra(name: string): boolean {
  const folder = extraFolder(name)
  const lock = read(join(folder, 'package-lock.json'))
  return lock !== undefined && read(join(folder, STAMP)) === lock
}

/** The version of a package that an extra's lock file names. */
export function extraVersion(name: string, packageName: string): string {
  const { packages } = JSON.parse(readFileSync(join(extraFolder(name), 'package-lock.json'), 'utf8')) as { packages: { [path: string]: { version: string } } }
  const version = packages[`node_modules/${packageName}`]?.version
  if (version === undefined) throw new Error(`The lock file of ${name} names no ${packageName}.`)
  return version
}

/** Installs an extra, unless what is there is what its lock file says. */
export async function installExtra(name: string): Promise<void> {
  if (hasExtra(name)) return
  const folder = extraFolder(name)
  if ((await run('npm', ['ci'], folder)) !== 0) throw new Error(`The install of ${name} failed.`)
  writeFileSync(join(folder, STAMP), read(join(folder, 'package-lock.json')) as string)
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

if (import.meta.main) {
  const asked = process.argv.slice(2)
  for (const name of asked.length > 0 ? asked : extras.map((each) => each.name)) {
    await installExtra(name)
    console.log(`${name} is installed.`)
  }
}
