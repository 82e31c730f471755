import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { packLibrary, unpackLibrary } from '../pack.ts'
import { capture, ROOT, TSC } from '../run.ts'

// Packs the library as it would be published and uses it as a stranger would: outside this repository, without its sources' condition.

const outside = mkdtempSync(join(tmpdir(), 'instar-packed-'))
const installed = join(outside, 'node_modules', 'instar')
let tarball = ''

after(() => rmSync(outside, { recursive: true, force: true }))

/** Runs Node where the package is installed, without the options of this test run. */
async function node(args: readonly string[]): Promise<string> {
  const { code, output } = await capture(process.execPath, args, outside)
  equal(code, 0, output)
  return output
}

const write = (name: string, text: string): void => writeFileSync(join(outside, name), text)

before(async () => {
  tarball = await packLibrary(outside)
  await unpackLibrary(tarball, join(outside, 'node_modules'))
  write('package.json', JSON.stringify({ name: 'stranger', private: true, type: 'module' }))
})

describe('the package as it is published', () => {
  test('holds the built code, its sources, the manifest, the readme and the licence, and nothing else', () => {
    const files = globSync('**/*', { cwd: installed, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1))
    deepEqual(
      files.filter((file) => !/^(dist\/.+\.(js|d\.ts)(\.map)?|src\/.+\.ts|src\/core\/README\.md|package\.json|README\.md|LICENSE)$/.test(file)),
      [],
    )
    deepEqual(
      files.filter((file) => /(^|\/)test\/|\.test\./.test(file)),
      [],
    )
    for (const file of ['README.md', 'LICENSE', 'package.json']) ok(files.includes(file), `${file} is missing`)
    // Each source has its declarations; what is no entry point shares a chunk.
    deepEqual(
      files
        .filter((file) => /^dist\/.+\.d\.ts$/.test(file))
        .map((file) => file.slice('dist/'.length, -'.d.ts'.length))
        .sort(),
      files
        .filter((file) => file.startsWith('src/') && file.endsWith('.ts'))
        .map((file) => file.slice('src/'.length, -'.ts'.length))
        .sort(),
    )
    const { exports, imports, bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
    const entries = new Set(JSON.stringify([exports, imports, bin]).match(/dist\/[^"]+\.js/g))
    deepEqual(files.filter((file) => /^dist\/(?!chunks\/).*\.js$/.test(file)).sort(), [...entries].sort())
  })

  test('asks for nothing: no dependency, no peer, no install script', () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
    for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies', 'bundleDependencies'])
      deepEqual(Object.keys(manifest[kind] ?? {}), [], kind)
    for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) equal(manifest.scripts?.[script], undefined, script)
  })

  test('imports no .ts file from what was built', () => {
    for (const file of globSync('dist/**/*.{js,d.ts}', { cwd: installed }))
      ok(!/(from|import)\s*\(?\s*['"][^'"]+\.ts['"]/.test(readFileSync(join(installed, file), 'utf8')), file)
  })

  test('its source maps lead to sources that are in the package', () => {
    for (const file of globSync('dist/**/*.map', { cwd: installed })) {
      const { sources } = JSON.parse(readFileSync(join(installed, file), 'utf8')) as { sources: string[] }
      for (const source of sources) ok(readFileSync(join(installed, dirname(file), source), 'utf8').length > 0)
    }
  })

  test('publint finds no fault', async () => {
    const { messages, pkg } = await publint({ pkgDir: installed, pack: false, strict: true })
    deepEqual(
      messages.map((message) => formatMessage(message, pkg)),
      [],
    )
  })

  test('its types are found by every resolution of an ES module', async () => {
    const attw = join(ROOT, 'node_modules', '.bin', 'attw')
    const { code, output } = await capture(attw, [tarball, '--profile', 'esm-only', '--no-definitely-typed', '--format', 'ascii', '--no-color'])
    equal(code, 0, output)
    match(output, /"instar\/stores\/sqlite"/)
  })

  test('every subpath can be imported', async () => {
    const { exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { exports: Record<string, unknown> }
    const subpaths = Object.keys(exports).filter((subpath) => subpath !== './package.json')
    const specifiers = subpaths.map((subpath) => `instar${subpath.slice(1)}`)
    write(
      'all.mjs',
      `for (const name of ${JSON.stringify(specifiers)}) {
        const url = import.meta.resolve(name)
        if (!url.includes('/instar/dist/')) throw new Error(name + ' is ' + url)
        console.log(name, Object.keys(await import(name)).length > 0)
      }`,
    )
    deepEqual(
      (await node(['all.mjs'])).trim().split('\n'),
      specifiers.map((name) => `${name} true`),
    )
  })

  test('its command prints the SQL of the tables', async () => {
    const { bin } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { bin: { instar: string } }
    match(readFileSync(join(installed, bin.instar), 'utf8'), /^#!\/usr\/bin\/env node\n/)
    match(await node([join(installed, bin.instar), 'schema', 'postgres']), /^CREATE TABLE IF NOT EXISTS instar_sessions \(/)
  })

  test('what is no entry point can not be imported', async () => {
    write(
      'inner.mjs',
      `for (const name of ['instar/core/session', 'instar/dist/core/session.js', 'instar/adapters/node-response', 'instar/stores/sql', 'instar/src/index.ts'])
        console.log(await import(name).then(() => name + ' can be imported', (error) => error.code))`,
    )
    deepEqual((await node(['inner.mjs'])).trim().split('\n'), Array(5).fill('ERR_PACKAGE_PATH_NOT_EXPORTED'))
  })

  test('CommonJS can require it', async () => {
    write(
      'required.cjs',
      `const { SessionManager } = require('instar')
       const { instar } = require('instar/adapters/express')
       const { memoryStore } = require('instar/stores/memory')
       console.log(typeof instar(new SessionManager({ store: memoryStore() })))`,
    )
    equal((await node(['required.cjs'])).trim(), 'function')
  })

  test('it works without the node condition too, on the web platform', async () => {
    // Node always sets its own condition, so the map's other branch is written in its place.
    const web = join(outside, 'web', 'node_modules', 'instar')
    cpSync(installed, web, { recursive: true })
    const manifest = JSON.parse(readFileSync(join(web, 'package.json'), 'utf8'))
    delete manifest.imports['#platform'].node
    writeFileSync(join(web, 'package.json'), JSON.stringify(manifest))
    write(
      'web/web.mjs',
      `import { SessionManager } from 'instar'
       import { memoryStore } from 'instar/stores/memory'
       const sessions = new SessionManager({ store: memoryStore() })
       const session = await sessions.open(new Request('https://shop.example/'))
       await session.login('ann')
       const { setCookie } = await session.commit({ status: 200 })
       const again = await sessions.open({ method: 'GET', url: 'https://shop.example/', headers: new Map([['cookie', setCookie[0].split(';')[0]]]) })
       console.log(again.userId)`,
    )
    equal((await node(['web/web.mjs'])).trim(), 'ann')
  })

  test('in sloppy mode too, an assignment throws and names what to call instead', async () => {
    write(
      'sloppy.cjs',
      `const { SessionManager } = require('instar')
       const { memoryStore } = require('instar/stores/memory')
       const isSloppy = (function () { return this !== undefined })()
       async function main() {
         const session = await new SessionManager({ store: memoryStore() }).open(new Request('https://shop.example/'))
         for (const assign of [() => { session.views = 1 }, () => { session.views++ }, () => { session.userId = 'ann' }, () => { session.login = null }]) {
           try {
             assign()
             console.log('not refused')
           } catch (error) {
             console.log([isSloppy, error.name, error.code, error.message.includes(".set('"), error.message.includes('@instar/express-session')].join(' '))
           }
         }
       }
       main()`,
    )
    deepEqual((await node(['sloppy.cjs'])).trim().split('\n'), Array(4).fill('true InstarError unknown_property true true'))
  })

  test('an application type-checks against the declarations, with every library checked', async () => {
    const types = join(outside, 'node_modules', '@types')
    mkdirSync(types, { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', '@types', 'node'), join(types, 'node'), 'dir')
    cpSync(join(import.meta.dirname, 'consumer.ts'), join(outside, 'consumer.ts'))
    const compilerOptions = {
      target: 'es2024',
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
      types: ['node'],
    }
    write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['consumer.ts'] }))
    const { code, output } = await capture(process.execPath, [TSC, '-p', outside])
    equal(code, 0, output)
    const listed = await capture(process.execPath, [TSC, '-p', outside, '--listFiles'])
    match(listed.output, /node_modules\/instar\/dist\/index\.d\.ts/)
    ok(!listed.output.includes('instar/src/'), 'the declarations are read, not the sources')
  })
})
