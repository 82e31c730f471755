import { ok } from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'

/** The files of each example; of the full-stack ones those that are about sessions, without the types, the page's frame and the table of routes that their frameworks ask for. */
const examples: { readonly [name: string]: readonly string[] } = {
  ...Object.fromEntries(globSync(['*.ts', 'frameworks/*.ts', 'stores/*.ts'], { cwd: import.meta.dirname }).map((file) => [file, [file]])),
  'Next.js': ['full-stack/nextjs/lib/*.ts', 'full-stack/nextjs/app/page.tsx', 'full-stack/nextjs/app/*/route.ts'],
  SvelteKit: ['full-stack/sveltekit/src/*[!d].ts', 'full-stack/sveltekit/src/routes/**/*.{ts,svelte}'],
  'React Router': [
    'full-stack/react-router/app/*.server.ts',
    'full-stack/react-router/app/{home,login}.tsx',
    'full-stack/react-router/app/{cart,devices,logout}.ts',
  ],
}

for (const [name, patterns] of Object.entries(examples))
  if (!name.endsWith('.test.ts'))
    test(`the example ${name} has at most 60 lines`, () => {
      const files = globSync([...patterns], { cwd: import.meta.dirname })
      const lines = files.flatMap((file) => readFileSync(`${import.meta.dirname}/${file}`, 'utf8').split('\n')).filter((line) => line.trim() !== '')
      ok(lines.length > 0 && lines.length <= 60, `${lines.length} lines in ${files.join(', ')}`)
    })
