import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** What a module imports, as written; for a relative import also the file, seen from the source folder. */
export interface Import {
  readonly specifier: string
  readonly file: string | undefined
  readonly isTypeOnly: boolean
}

/** The imports of every module under a folder, by its path from there. Throws when a relative import leads to no file. */
export function importGraph(folder: string): ReadonlyMap<string, readonly Import[]> {
  const modules = globSync('**/*.ts', { cwd: folder }).sort()
  return new Map(modules.map((path) => [path, importsOf(readFileSync(join(folder, path), 'utf8')).map(resolve)] as const).map(withFiles))

  function resolve({ specifier, isTypeOnly }: Omit<Import, 'file'>): Import {
    return { specifier, isTypeOnly, file: undefined }
  }

  function withFiles([path, imports]: readonly [string, readonly Import[]]): readonly [string, readonly Import[]] {
    return [
      path,
      imports.map((imported) => {
        if (!imported.specifier.startsWith('.')) return imported
        const file = relative(folder, join(folder, dirname(path), imported.specifier))
        if (!existsSync(join(folder, file))) throw new Error(`${path} imports ${imported.specifier}, which is not there.`)
        return { ...imported, file }
      }),
    ]
  }
}

/**
 * The imports of formatted TypeScript or JavaScript: `import … from`, `export … from`, `import '…'`, `import('…')`, `require('…')` and
 * `process.getBuiltinModule('…')`. An `import(` whose argument is no literal throws: nobody could say what it reaches.
 */
export function importsOf(source: string): readonly Omit<Import, 'file'>[] {
  const text = withoutComments(source)
  const found: Omit<Import, 'file'>[] = []
  for (const [, kind, names, specifier] of text.matchAll(/^\s*(import|export)\b((?:[^'"`;=(]|\n)*?)\bfrom\s*['"]([^'"]+)['"]/gm))
    found.push({ specifier: specifier as string, isTypeOnly: /^\s*type\b/.test(names as string) && kind !== undefined })
  for (const [, specifier] of text.matchAll(/^\s*import\s*['"]([^'"]+)['"]/gm)) found.push({ specifier: specifier as string, isTypeOnly: false })
  for (const [call, argument] of text.matchAll(/\b(?:import|require|getBuiltinModule)\s*\(\s*([^)\s,]*)/g)) {
    const specifier = /^['"]([^'"]+)['"]$/.exec(argument as string)?.[1]
    if (specifier === undefined) throw new Error(`${call}…: the argument is no literal.`)
    found.push({ specifier, isTypeOnly: false })
  }
  return found
}

function withoutComments(source: string): string {
  return source.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/(^|\s)\/\/[^\n]*/g, '$1')
}
