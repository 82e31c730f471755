import { existsSync, globSync } from 'node:fs'
import { ROOT, run } from './run.ts'

// Runs the tests. File names among the arguments replace the default set; all other arguments go to Node's runner:
// npm test -- --test-name-pattern=logout packages/instar/test/login.test.ts

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(`The tests need Node 22.18 or newer, and this is ${process.version}. "npm test" uses the Node that the install pins.`)
  process.exit(1)
}

/** Real programs that some tests drive; such a test skips itself where the program is missing. */
const realParts = [{ name: 'Chromium', path: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium', mend: 'Install it, or set CHROMIUM_PATH.' }]

console.log(`Node ${process.version}`)
const missing = realParts.filter(({ path }) => !existsSync(path))
for (const { name, path, mend } of realParts) {
  const isMissing = missing.some((part) => part.name === name)
  console.log(isMissing ? `${name}: left out, nothing at ${path}. ${mend}` : `${name}: ${path}`)
}
if (missing.length > 0 && process.env['INSTAR_REQUIRE_ALL'] === '1') {
  console.error(`INSTAR_REQUIRE_ALL=1 asks for all of them; missing: ${missing.map(({ name }) => name).join(', ')}.`)
  process.exit(1)
}

const args = process.argv.slice(2)
const isFile = (arg: string): boolean => !arg.startsWith('-') && (arg.endsWith('.test.ts') || existsSync(arg))
const chosen = args.filter(isFile)
const options = args.filter((arg) => !isFile(arg))
const everything = ['packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts', 'examples/**/*.test.ts', 'scripts/**/*.test.ts']
const files =
  chosen.length > 0
    ? chosen
    : globSync(everything, { cwd: ROOT, exclude: (path) => /(^|\/)(node_modules|dist)$/.test(path) })
        .filter((file) => !file.includes('node_modules/'))
        .sort()

process.exit(
  await run(process.execPath, ['--conditions=instar-source', '--test', '--test-concurrency=2', '--test-reporter=spec', ...options, ...files], process.cwd()),
)
