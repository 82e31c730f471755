import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildPackage } from './build.ts'
import { capture, ROOT } from './run.ts'

/** Builds the library in a folder of its own, which disturbs no other run, and packs it as it would be published. Resolves to the tarball's path, in `destination`. */
export async function packLibrary(destination: string): Promise<string> {
  const source = join(ROOT, 'packages', 'instar')
  const temporary = join(ROOT, '.tmp') // Inside the repository, so that the compiler finds Node's types.
  mkdirSync(temporary, { recursive: true })
  const workshop = mkdtempSync(join(temporary, 'packed-'))
  try {
    for (const entry of ['src', 'package.json', 'README.md', 'LICENSE']) cpSync(join(source, entry), join(workshop, entry), { recursive: true })
    const { compilerOptions } = JSON.parse(readFileSync(join(source, 'tsconfig.json'), 'utf8'))
    writeFileSync(join(workshop, 'tsconfig.json'), JSON.stringify({ extends: '../../tsconfig.base.json', compilerOptions, include: ['src'] }))
    await buildPackage(workshop)
    await succeed('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', destination], workshop)
    return join(destination, globSync('instar-[0-9]*.tgz', { cwd: destination })[0] as string)
  } finally {
    rmSync(workshop, { recursive: true, force: true })
  }
}

/** Packs one of the packages that need no build, such as a drop-in. Resolves to the tarball's path. */
export async function packPackage(name: string, destination: string): Promise<string> {
  await succeed('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', destination], join(ROOT, 'packages', name))
  return join(destination, globSync(`instar-${name}-*.tgz`, { cwd: destination })[0] as string)
}

/** Puts a packed library into a `node_modules`, in place of one that is there, as an install without a network would. Resolves to its folder. */
export async function unpackLibrary(tarball: string, modules: string): Promise<string> {
  const installed = join(modules, 'instar')
  rmSync(installed, { recursive: true, force: true })
  mkdirSync(installed, { recursive: true })
  await succeed('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed])
  return installed
}

async function succeed(command: string, args: readonly string[], cwd?: string): Promise<void> {
  const { code, output } = await capture(command, args, cwd)
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${output}`)
}
