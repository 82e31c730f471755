import { globSync, readFileSync } from 'node:fs'

/** Files of these folders that are not entry points of their own. */
const INTERNAL = new Set([
  'adapters/node-request',
  'adapters/node-response',
  'adapters/response-seal',
  'adapters/web-response',
  'compat/csrf-keys',
  'stores/redis-commands',
  'stores/redis-scripts',
  'stores/row-changes',
  'stores/schema',
  'stores/sql',
  'stores/together',
])

/** The package's `exports`: its index, and one subpath for each adapter, drop-in, feed, store and test helper in the tree. */
export function packageWithExports(path: string): string {
  const manifest = JSON.parse(readFileSync(path, 'utf8'))
  const root = path.replace(/package\.json$/, 'src/')
  const modules = globSync('{adapters,compat,feeds,stores}/*.ts', { cwd: root })
    .map((file) => file.replace(/\.ts$/, ''))
    .filter((name) => !INTERNAL.has(name))
  const entries = [['.', 'index'], ['./testing', 'testing/index'], ...modules.sort().map((name) => [`./${name}`, name])]
  manifest.exports = Object.fromEntries([
    ...entries.map(([subpath, file]) => [subpath, { 'instar-source': `./src/${file}.ts`, types: `./dist/${file}.d.ts`, default: `./dist/${file}.js` }]),
    ['./package.json', './package.json'],
  ])
  return `${JSON.stringify(manifest, null, 2)}\n`
}
