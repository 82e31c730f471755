import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from '../run.ts'
import { compatibility } from './compatibility.ts'
import { errorsReference } from './errors-reference.ts'
import { eventsReference } from './events-reference.ts'
import { packageWithExports } from './exports-map.ts'
import { withFigures } from './figures.ts'
import { withFrameworks } from './frameworks.ts'
import { optionsReference } from './options-reference.ts'
import { withSnippets } from './snippets.ts'

/** Every generated file of a tree, by path, as it should be. */
export async function generate(root: string): Promise<ReadonlyMap<string, string>> {
  const manifest = 'packages/instar/package.json'
  const pages = ['README.md', 'packages/instar/README.md', 'docs/threat-model.md', ...globSync('docs/guides/*.md', { cwd: root }).sort()]
  return new Map([
    [manifest, packageWithExports(join(root, manifest))],
    ['packages/instar/LICENSE', readFileSync(join(root, 'LICENSE'), 'utf8')],
    ['docs/compatibility.md', compatibility()],
    ['docs/reference/errors.md', await errorsReference(root)],
    ['docs/reference/events.md', eventsReference(root)],
    ['docs/reference/options.md', optionsReference(root)],
    ...pages.map((page) => [page, filled(root, page)] as const),
  ])
}

/** A page with its snippets, figures and tables. */
function filled(root: string, page: string): string {
  return [withSnippets, withFigures, withFrameworks].reduce((text, fill) => fill(root, page, text), readFileSync(join(root, page), 'utf8'))
}

/** The generated files of a tree that are missing or not as they should be. */
export async function staleFiles(root: string): Promise<ReadonlyMap<string, string>> {
  return new Map([...(await generate(root))].filter(([path, content]) => content !== read(join(root, path))))
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

if (import.meta.main) {
  const { check } = parseArgs({ options: { check: { type: 'boolean', default: false } } }).values
  const stale = await staleFiles(ROOT)
  if (check && stale.size > 0) {
    console.error(`Stale:\n${[...stale.keys()].map((path) => `  ${path}`).join('\n')}\nRun "npm run generate" and commit what it changes.`)
    process.exit(1)
  }
  for (const [path, content] of stale) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true })
    writeFileSync(join(ROOT, path), content)
    console.log(`Wrote ${path}`)
  }
  if (stale.size === 0) console.log('Everything generated is current.')
}
