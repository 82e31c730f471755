import { cpSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { extraFolder, extraVersion, installExtra } from '../scripts/extras.ts'
import { packLibrary, unpackLibrary } from '../scripts/pack.ts'
import { capture, ROOT } from '../scripts/run.ts'

// Runs the packed library on other runtimes: its tests on each Node, the adapter suite on Bun and Deno. Installs them on demand; `--only bun` takes one.

interface Runtime {
  readonly name: string
  readonly version: string
  readonly command: string
  readonly args: readonly string[]
}

/** Folders below the library's tests: all that ask for no server of their own. */
const FOLDERS = ['adapters', 'core', 'laws', 'sockets', 'stores']
/** Reads sources, which the packed library keeps for debuggers alone, or asks for servers. */
const LEFT_OUT = /\/src\/|engines\/servers/
const SUITE = 'runtimes/suite.ts'

const { only } = parseArgs({ options: { only: { type: 'string' } } }).values
const names = ['node-22', 'node-24', 'node-26', 'bun', 'deno'].filter((name) => only === undefined || name === only)
if (names.length === 0) throw new Error(`There is no runtime "${only}".`)
const workshop = await setUpWorkshop()
try {
  const chosen = []
  for (const name of names) chosen.push(await runtime(name))
  const results = await Promise.all(chosen.map(tryOn))
  for (const { line } of results) console.log(line)
  process.exitCode = results.every(({ isOk }) => isOk) ? 0 : 1
} finally {
  rmSync(workshop, { recursive: true, force: true })
}

/** The tests, with the packed library and everything else that is installed beside it. */
async function setUpWorkshop(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'instar-runtimes-'))
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    if (name !== 'instar' && !name.startsWith('.')) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
  await unpackLibrary(await packLibrary(folder), modules)
  cpSync(join(ROOT, 'packages/instar/test'), join(folder, 'packages/instar/test'), { recursive: true })
  cpSync(join(ROOT, SUITE), join(folder, SUITE))
  return folder
}

async function runtime(name: string): Promise<Runtime> {
  if (name === 'node-24') return { name, version: process.versions.node, command: process.execPath, args: nodeTests() }
  await installExtra(name)
  const program = name.split('-', 1)[0] as string
  const args = { node: nodeTests(), bun: [SUITE], deno: ['run', '--allow-all', '--no-config', '--node-modules-dir=manual', SUITE] }[program] ?? []
  return { name, version: extraVersion(name, program), command: join(extraFolder(name), 'node_modules/.bin', program), args }
}

function nodeTests(): readonly string[] {
  const files = FOLDERS.flatMap((folder) => globSync(`packages/instar/test/${folder}/*.test.ts`, { cwd: workshop }))
  const chosen = files.filter((file) => !LEFT_OUT.test(readFileSync(join(workshop, file), 'utf8'))).sort()
  return ['--test', '--test-reporter=tap', '--test-concurrency=2', '--test-timeout=60000', ...chosen]
}

async function tryOn({ name, version, command, args }: Runtime): Promise<{ readonly line: string; readonly isOk: boolean }> {
  const told = (await capture(command, ['--version'])).output
  if (!told.includes(version)) throw new Error(`${name} says that it is ${told.trim()}, but its lock file says ${version}.`)
  const { code, output } = await capture(command, args, workshop)
  const count = (pattern: RegExp): number => Number(pattern.exec(output)?.[1] ?? 0)
  const passed = count(/^# pass (\d+)$/m) || count(/: (\d+) passed, \d+ failed$/m)
  const failed = count(/^# fail (\d+)$/m) || count(/: \d+ passed, (\d+) failed$/m)
  const isOk = code === 0 && failed === 0 && passed > 0
  if (!isOk) console.log(output)
  return { isOk, line: `${name.padEnd(8)} ${version.padEnd(9)} ${passed} passed, ${failed} failed${isOk ? '' : ` (exit ${code})`}` }
}
