import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { ROOT, run, TSC } from './run.ts'

/**
 * Builds a package from its `src` into its `dist`, anew: for each entry point a file of JavaScript, with what several of them share in chunks, since an import costs
 * by the file; and the declarations, one for each source. Rejects when a compiler finds fault.
 */
export async function buildPackage(folder: string): Promise<void> {
  const dist = join(folder, 'dist')
  rmSync(dist, { recursive: true, force: true })
  await build({
    entryPoints: entryPoints(folder),
    outbase: join(folder, 'src'),
    outdir: dist,
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    platform: 'neutral',
    target: 'es2024',
    external: ['node:*', '#platform'],
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
  })
  // In declarations TypeScript leaves the `.ts` of imports, so those are rewritten here.
  if ((await run(process.execPath, [TSC, '-p', folder, '--emitDeclarationOnly'])) !== 0) throw new Error(`The build of ${folder} failed.`)
  for (const file of globSync('**/*.d.ts', { cwd: dist }).map((name) => join(dist, name))) writeFileSync(file, withJsExtensions(readFileSync(file, 'utf8')))
}

/** The sources of what the manifest names. */
function entryPoints(folder: string): string[] {
  const { exports, imports, bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const named = JSON.stringify([exports, imports, bin]).match(/\.\/dist\/[^"]+\.js/g) ?? []
  return [...new Set(named)].map((file) => join(folder, file.replace('./dist/', 'src/').replace(/\.js$/, '.ts')))
}

/** A declaration file with every relative `.ts` import made `.js`. */
export const withJsExtensions = (declarations: string): string =>
  declarations.replace(/\b(from\s*|import\s*\(\s*|import\s*)(['"])(\.{1,2}\/[^'"]*)\.ts\2/g, '$1$2$3.js$2')

if (import.meta.main) {
  await buildPackage(join(ROOT, 'packages', 'instar'))
  console.log('Built packages/instar/dist.')
}
