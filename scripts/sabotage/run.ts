import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sharedEngines } from '@instar/engines'
import { sabotages } from './list.ts'
import type { Sabotage } from './sabotage.ts'

// Removes one guard at a time from a copy of the library and runs the test that must notice. `--only WORD` picks those whose title or test file has the word.

const root = join(import.meta.dirname, '../..')
const only = process.argv[process.argv.indexOf('--only') + 1]
const chosen = process.argv.includes('--only')
  ? sabotages.filter(({ title, test }) => title.includes(only as string) || test.file.includes(only as string))
  : sabotages

/** How long a whole file may take that nothing was removed for, and one test that is to notice something: also one that hangs has noticed. */
const [PATIENCE, SOON] = [120_000, 10_000]

const engines = await sharedEngines()
const workshop = mkdtempSync(join(tmpdir(), 'instar-sabotage-'))
try {
  setUpWorkshop()
  const unsound = thoseThatFailAnyway()
  const missed = chosen.filter((sabotage) => unsound.has(sabotage) || !tryOut(sabotage))
  for (const { title, test } of missed) console.log(`MISSED     ${title} (${test.file}: ${test.name})`)
  for (const output of new Set(unsound.values())) console.log(`What a test printed that fails without any sabotage:\n${output}`)
  console.log(`sabotages ${chosen.length}, caught ${chosen.length - missed.length}, missed ${missed.length}`)
  process.exitCode = missed.length === 0 && chosen.length > 0 ? 0 : 1
} finally {
  rmSync(workshop, { recursive: true })
  await engines.stop()
}

/** A copy of the library and its tests, with the installed packages beside it. */
function setUpWorkshop(): void {
  cpSync(join(root, 'packages/instar'), join(workshop, 'packages/instar'), { recursive: true, filter: (path) => !/\/(dist|node_modules)$/.test(path) })
  for (const name of ['passport', 'express-session']) cpSync(join(root, 'packages', name), join(workshop, 'packages', name), { recursive: true })
  symlinkSync(join(root, 'dropins'), join(workshop, 'dropins'))
  const modules = join(workshop, 'node_modules')
  mkdirSync(modules)
  for (const name of readdirSync(join(root, 'node_modules'))) if (name !== 'instar') symlinkSync(join(root, 'node_modules', name), join(modules, name))
  symlinkSync(join(workshop, 'packages/instar'), join(modules, 'instar'))
}

function tryOut(sabotage: Sabotage): boolean {
  const path = join(workshop, 'packages/instar/src', sabotage.file)
  const source = readFileSync(path, 'utf8')
  const places = source.split(sabotage.find).length - 1
  if (places !== 1) {
    console.log(`missed     ${sabotage.title}: its line stands ${places} times in ${sabotage.file}`)
    return false
  }
  writeFileSync(
    path,
    source.replace(sabotage.find, () => sabotage.replace),
  )
  const wasNoticed = isNoticed(sabotage)
  writeFileSync(path, source)
  console.log(`${wasNoticed ? 'caught    ' : 'missed    '} ${sabotage.title} (${sabotage.test.file}: ${sabotage.test.name})`)
  return wasNoticed
}

/** Those whose test fails by itself, also when its file is run again, or is found by nobody: it would notice everything. With what it printed. */
function thoseThatFailAnyway(): Map<Sabotage, string> {
  const unsound = new Map<Sabotage, string>()
  for (const file of new Set(chosen.map(({ test }) => test.file))) {
    let { results, output } = run(file, PATIENCE)
    const isSound = ({ test }: Sabotage): boolean => {
      const named = results.filter(({ title }) => isNamed(title, test.name))
      return named.length > 0 && named.every(({ isOk }) => isOk)
    }
    const theirs = chosen.filter(({ test }) => test.file === file)
    const wasSound = theirs.every(isSound)
    if (!wasSound) ({ results, output } = again(file))
    for (const sabotage of theirs) if (!isSound(sabotage)) unsound.set(sabotage, output)
  }
  return unsound
}

function again(file: string): ReturnType<typeof run> {
  console.log(`again      ${file}, where a test failed without any sabotage`)
  return run(file, PATIENCE)
}

/** Whether the named test does not pass: it fails, hangs, or cannot even be loaded. */
function isNoticed({ test }: Sabotage): boolean {
  const { results } = run(test.file, SOON, `--test-name-pattern=^${test.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}( \\(.*\\))?$`)
  const named = results.filter(({ title }) => isNamed(title, test.name))
  return named.length === 0 || named.some(({ isOk }) => !isOk)
}

/** Titles end in the store's or the framework's name, in brackets. */
function isNamed(title: string, name: string): boolean {
  return title === name || (title.startsWith(`${name} (`) && title.endsWith(')'))
}

function run(file: string, milliseconds: number, ...options: string[]): { results: { title: string; isOk: boolean }[]; output: string } {
  const args = [
    '--conditions=instar-source',
    '--test-reporter=tap',
    `--test-timeout=${milliseconds}`,
    '--test-force-exit',
    ...options,
    '--test',
    join(workshop, 'packages/instar/test', file),
  ]
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    cwd: workshop,
    env: { ...process.env, ...engines.env, NODE_TEST_CONTEXT: undefined, INSTAR_SEED: '1' },
    maxBuffer: 2 ** 28,
  })
  const results = [...stdout.matchAll(/^\s*(not ok|ok) \d+ - (.*?)( # .*)?$/gm)].map(([, outcome, title = '']) => ({
    title: title.replaceAll('\\#', '#'),
    isOk: outcome === 'ok',
  }))
  return { results, output: `${/^\s*not ok.*/ms.exec(stdout)?.[0].slice(0, 4000) ?? ''}\n${stderr.slice(-1000)}` }
}
