import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { importGraph, importsOf } from './imports.ts'
import { ROOT } from './run.ts'

const PACKAGE = join(ROOT, 'packages', 'instar')
const graph = importGraph(join(PACKAGE, 'src'))
const manifest = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'))

/** What a module of each folder may import: a prefix of a path in `src`, `#platform`, or `node:`. The first folder that fits rules. */
const RULES: readonly (readonly [folder: string, allowed: readonly string[]])[] = [
  ['core/platform.node.ts', ['core/', 'node:']],
  ['core/', ['core/', '#platform']],
  ['csrf/', ['csrf/', 'core/', '#platform']],
  ['auth/', ['auth/', 'core/', '#platform']],
  ['feeds/', ['core/endings.ts']],
  ['stores/', ['stores/', 'core/session-store.ts', 'core/errors.ts', 'node:']],
  ['testing/', ['testing/', 'core/', 'csrf/', 'node:']],
  ['adapters/web', ['adapters/web', 'core/', 'csrf/']],
  ['adapters/hono', ['adapters/web', 'core/', 'csrf/', 'hono']],
  ['adapters/fastify', ['adapters/', 'core/', 'csrf/', 'node:', 'fastify']],
  ['adapters/koa', ['adapters/', 'core/', 'csrf/', 'node:', 'koa']],
  ['adapters/', ['adapters/', 'core/', 'csrf/', 'node:']],
  ['compat/', ['compat/', 'auth/', 'adapters/', 'core/', 'csrf/', 'stores/memory.ts', 'node:']],
  ['index.ts', ['auth/', 'core/', 'csrf/']],
  ['cli.ts', ['stores/', 'node:']],
]

const nodeModules = new Set<string>()
for (const imports of graph.values()) for (const { specifier } of imports) if (isBuiltin(specifier)) nodeModules.add(specifier)

describe('imports of the library', () => {
  for (const [path, imports] of graph) {
    test(`${path} imports only what its place allows`, () => {
      const rule = RULES.find(([folder]) => path.startsWith(folder))
      ok(rule, `${path} is in no folder that a rule knows; add one.`)
      for (const { specifier, file } of imports) {
        const target = file ?? specifier
        ok(
          rule[1].some((prefix) => target.startsWith(prefix)),
          `${path} imports ${target}; allowed: ${rule[1].join(', ')}`,
        )
        ok(file !== 'index.ts', `${path} imports the index.`)
      }
    })
  }

  test('the testing helpers take of csrf types alone', () => {
    for (const [path, imports] of graph)
      if (path.startsWith('testing/'))
        for (const { file, isTypeOnly } of imports) ok(isTypeOnly || !file?.startsWith('csrf/'), `${path} imports ${file} for its values`)
  })

  test('builtins are named with node:', () => {
    for (const name of nodeModules) ok(name.startsWith('node:'), name)
  })

  test('no module is imported in a circle of values', () => {
    const done = new Set<string>()
    const visit = (path: string, trail: readonly string[]): void => {
      ok(!trail.includes(path), `a circle: ${[...trail, path].join(' → ')}`)
      if (done.has(path)) return
      for (const { file, isTypeOnly } of graph.get(path) ?? []) if (file !== undefined && !isTypeOnly) visit(file, [...trail, path])
      done.add(path)
    }
    for (const path of graph.keys()) visit(path, [])
  })

  test('without the node condition, core, csrf and the web adapters reach nothing of Node', () => {
    const platform = manifest.imports['#platform']['instar-source'].default.replace('./src/', '')
    const reached = reach(
      ['index.ts', ...[...graph.keys()].filter((path) => /^(core|csrf|auth|adapters\/(web|hono))/.test(path) && path !== 'core/platform.node.ts')],
      platform,
    )
    ok(reached.has(platform), 'the web platform is part of it')
    ok(!reached.has('core/platform.node.ts'))
    for (const path of reached) for (const { specifier } of graph.get(path) ?? []) ok(!isBuiltin(specifier), `${path} imports ${specifier}`)
  })

  test('the published platforms are those of the sources', () => {
    const { 'instar-source': source, ...published } = manifest.imports['#platform']
    const built = (file: string): string => file.replace('./src/', './dist/').replace(/\.ts$/, '.js')
    deepEqual(published, { node: built(source.node), default: built(source.default) })
  })

  test('there is no dependency and no peer', () => {
    for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies', 'bundleDependencies', 'bundledDependencies'])
      deepEqual(Object.keys(manifest[kind] ?? {}), [], kind)
    for (const [path, imports] of graph)
      for (const { specifier, file, isTypeOnly } of imports) {
        const isOwnFramework = isTypeOnly && path === `adapters/${specifier}.ts` // Names the module whose types it adds to.
        ok(file !== undefined || specifier === '#platform' || isBuiltin(specifier) || isOwnFramework, `${path} imports ${specifier}`)
      }
  })
})

/** All modules that values or types of these lead to, `#platform` being one given file. */
function reach(roots: readonly string[], platform: string): ReadonlySet<string> {
  const reached = new Set<string>()
  const visit = (path: string): void => {
    if (reached.has(path)) return
    reached.add(path)
    for (const { specifier, file } of graph.get(path) ?? []) {
      if (specifier === '#platform') visit(platform)
      else if (file !== undefined) visit(file)
    }
  }
  for (const root of roots) visit(root)
  return reached
}

describe('the import parser', () => {
  test('finds every form', () => {
    const source = [
      "import type { A } from './a.ts'",
      "import { type B, b } from './b.ts'",
      'import {',
      '  c,',
      "} from './c.ts'",
      "import './d.ts'",
      "export * from './e.ts'",
      "export { f } from './f.ts'",
      "const g = await import('./g.ts')",
      "const h = require('node:fs')",
      "// import './no.ts'",
      '/** import("./no.ts") */',
      "const text = `from './no.ts'`",
    ].join('\n')
    deepEqual(
      importsOf(source).map(({ specifier }) => specifier),
      ['./a.ts', './b.ts', './c.ts', './e.ts', './f.ts', './d.ts', './g.ts', 'node:fs'],
    )
    equal(importsOf(source)[0]?.isTypeOnly, true)
    equal(importsOf(source)[1]?.isTypeOnly, false)
  })

  test('refuses an import of which nobody can say where it leads', () => {
    throws(() => importsOf('import(name)'), /no literal/)
  })
})
