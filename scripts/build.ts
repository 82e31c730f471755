import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, run, TSC } from './run.ts'

/**
 * Builds a package from its `src` into its `dist`, anew. Rejects when the compiler finds fault.
 * TypeScript writes `.js` into the imports of the JavaScript; in declarations it leaves `.ts`, so those are rewritten here.
 */
export async function buildPackage(folder: string): Promise<void> {
  const dist = join(folder, 'dist')
  rmSync(dist, { recursive: true, force: true })
  if ((await run(process.execPath, [TSC, '-p', folder])) !== 0) throw new Error(`The build of ${folder} failed.`)
  for (const file of globSync('**/*.d.ts', { cwd: dist }).map((name) => join(dist, name))) writeFileSync(file, withJsExtensions(readFileSync(file, 'utf8')))
}

/** A declaration file with every relative `.ts` import made `.js`. */
export const withJsExtensions = (declarations: string): string =>
  declarations.replace(/\b(from\s*|import\s*\(\s*|import\s*)(['"])(\.{1,2}\/[^'"]*)\.ts\2/g, '$1$2$3.js$2')

if (import.meta.main) {
  await buildPackage(join(ROOT, 'packages', 'instar'))
  console.log('Built packages/instar/dist.')
}
