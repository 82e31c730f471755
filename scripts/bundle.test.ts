import { deepEqual, equal } from 'node:assert/strict'
import { isBuiltin } from 'node:module'
import { describe, test } from 'node:test'
import { createContext, runInContext } from 'node:vm'
import { build, type Plugin } from 'esbuild'
import type { AdapterSubject, ConformanceCase } from 'instar/testing'
import { serveWeb } from '../packages/instar/test/adapters/frameworks.ts'
import type { Serve } from '../packages/instar/test/adapters/web-subjects.ts'
import { ROOT } from './run.ts'

// Bundles what runs where there is no Node, as for a worker, and runs it with nothing but the web platform's globals.

/** Bundles sources for no platform in particular; also what they import of Node, and who does. */
async function bundle(contents: string): Promise<{ readonly code: string; readonly builtins: readonly string[] }> {
  const builtins: string[] = []
  const noBuiltins: Plugin = {
    name: 'no-builtins',
    setup({ onResolve }) {
      onResolve({ filter: /.*/ }, ({ path, importer }) => {
        if (!isBuiltin(path)) return undefined
        builtins.push(`${path} in ${importer}`)
        return { path, external: true }
      })
    },
  }
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'bundled',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['instar-source'],
    plugins: [noBuiltins],
    logLevel: 'silent',
  })
  return { code: outputFiles[0]?.text ?? '', builtins }
}

const WEB_ENTRIES = ['instar', 'instar/adapters/web', 'instar/adapters/hono', 'instar/stores/memory', 'instar/feeds/postgres', 'instar/feeds/redis']

describe('a bundle for a runtime without Node', () => {
  for (const entry of WEB_ENTRIES)
    test(`${entry} imports nothing of Node`, async () => {
      const { code, builtins } = await bundle(`export * from '${entry}'`)
      deepEqual(builtins, [])
      equal(/\b(require|process|Buffer)\b(?!['"?])/.exec(withoutComments(code))?.[0], undefined)
    })

  test('an import of Node would be noticed', async () => {
    const { builtins } = await bundle("export * from './packages/instar/src/core/platform.node.ts'\nimport 'fs'")
    deepEqual(
      builtins.map((found) => found.replace(/\/.*\//, '')),
      ['fs in <stdin>', 'node:crypto in platform.node.ts'],
    )
  })
})

/** What workers have, and pages. */
const WEB_GLOBALS = [
  ...['AbortController', 'AbortSignal', 'Headers', 'Request', 'Response', 'ReadableStream', 'TextDecoder', 'TextEncoder', 'URL', 'URLSearchParams'],
  ...[
    'atob',
    'btoa',
    'clearInterval',
    'clearTimeout',
    'console',
    'crypto',
    'fetch',
    'performance',
    'queueMicrotask',
    'setInterval',
    'setTimeout',
    'structuredClone',
  ],
] as const

interface Bundled {
  readonly adapterConformance: readonly ConformanceCase<AdapterSubject>[]
  readonly webSubject: (serve: Serve) => AdapterSubject
  readonly honoSubject: (serve: Serve) => AdapterSubject
}

describe('the adapter suite with the globals of the web platform alone', async () => {
  const { code, builtins } = await bundle(`
    export { adapterConformance } from 'instar/testing'
    export { honoSubject, webSubject } from './packages/instar/test/adapters/web-subjects.ts'`)
  const context = createContext(Object.fromEntries(WEB_GLOBALS.map((name) => [name, globalThis[name]])))
  const { adapterConformance, webSubject, honoSubject } = runInContext(`${code}; bundled`, context) as Bundled
  test('it has nothing of Node', () => {
    deepEqual(builtins, [])
    equal(runInContext('typeof process + typeof Buffer + typeof require', context), 'undefined'.repeat(3))
  })
  for (const [name, subject] of Object.entries({ web: webSubject(serveWeb), 'Hono 4': honoSubject(serveWeb) }))
    for (const { title, check } of adapterConformance) test(`${title} (${name}, web platform)`, () => check(subject))
})

const withoutComments = (code: string): string => code.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
