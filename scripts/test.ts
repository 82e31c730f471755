import { existsSync, globSync } from 'node:fs'
import { engineParts, sharedEngines } from '@instar/engines'
import { extraFolder, hasExtra } from './extras.ts'
import { ROOT, run } from './run.ts'

// Runs the tests. File names among the arguments replace the default set; all other arguments go to Node's runner:
// npm test -- --test-name-pattern=logout packages/instar/test/login.test.ts

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`The tests need Node 22.18 or newer, and this is ${process.version}. "npm test" uses the Node that the install pins.`)
  process.exit(1)
}

/** What some tests drive or compare with; such a test skips itself where it is missing. */
interface Part {
  readonly name: string
  readonly path: string | undefined
  readonly mend: string
}
/** Where the address of a server stands that is to be used instead of a private one. */
const GIVEN = { PostgreSQL: 'INSTAR_POSTGRES_URL', MariaDB: 'INSTAR_MYSQL_URL', Redis: 'INSTAR_REDIS_URL' } as const

const chromium = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const parts: readonly Part[] = [
  { name: 'Chromium', path: existsSync(chromium) ? chromium : undefined, mend: 'Install it, or set CHROMIUM_PATH.' },
  ...engineParts().map(({ name, path, mend }) => ({
    name,
    path: path ?? (process.env[GIVEN[name]] ? `the server that ${GIVEN[name]} names` : undefined),
    mend: `${mend} Or name a server in ${GIVEN[name]}.`,
  })),
  ...['nextjs', 'sveltekit', 'react-router', 'import-peers', 'speed-peers', 'dropins', 'dropin-applications', 'lab-stacks'].map((name) => ({
    name,
    path: hasExtra(name) ? extraFolder(name) : undefined,
    mend: `"npm run extras -- ${name}" installs it.`,
  })),
]

console.log(`Node ${process.version}`)
for (const { name, path, mend } of parts) console.log(path === undefined ? `${name}: left out, it is not here. ${mend}` : `${name}: ${path}`)
const missing = parts.filter(({ path }) => path === undefined)
if (missing.length > 0 && process.env['INSTAR_REQUIRE_ALL'] === '1') {
  console.error(`INSTAR_REQUIRE_ALL=1 asks for all of them; missing: ${missing.map(({ name }) => name).join(', ')}.`)
  process.exit(1)
}

const args = process.argv.slice(2)
const isFile = (arg: string): boolean => !arg.startsWith('-') && (arg.endsWith('.test.ts') || existsSync(arg))
const chosen = args.filter(isFile)
const options = args.filter((arg) => !isFile(arg))
const everything = [
  'packages/*/test/**/*.test.ts',
  'apps/*/test/**/*.test.ts',
  'engines/test/*.test.ts',
  'examples/**/*.test.ts',
  'bench/**/*.test.ts',
  'dropins/**/*.test.ts',
  'lab/**/*.test.ts',
  'scripts/**/*.test.ts',
]
const files =
  chosen.length > 0
    ? chosen
    : globSync(everything, { cwd: ROOT, exclude: (path) => /(^|\/)(node_modules|dist)$/.test(path) })
        .filter((file) => !file.includes('node_modules/'))
        .sort()

// One server of each kind for all files; a file that is run by itself starts its own.
const engines = files.length > 1 ? await sharedEngines() : undefined
Object.assign(process.env, engines?.env)
const runner = ['--conditions=instar-source', '--test', '--test-concurrency=2', '--test-reporter=spec', ...options, ...files]
const code = await run(process.execPath, runner, process.cwd())
await engines?.stop()
process.exit(code)
