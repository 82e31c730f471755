import { deepEqual, doesNotMatch, equal, match, ok, rejects, throws } from 'node:assert/strict'
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { Figures } from '../../bench/speed/figures.ts'
import { ROOT } from '../run.ts'
import { withFigures } from './figures.ts'
import { withFrameworks } from './frameworks.ts'
import { parseInterface, parseObjectType, parseUnion } from './interface-parser.ts'
import { generate, staleFiles } from './main.ts'
import { table } from './markdown.ts'
import { splitDefault } from './options-reference.ts'
import { snippetOf, withSnippets } from './snippets.ts'
import { SAMPLE } from './speed-sample.ts'
import { SPEED_TABLES } from './speed-tables.ts'

const folder = mkdtempSync(join(tmpdir(), 'instar-generate-'))
after(() => rmSync(folder, { recursive: true }))

/** A copy of what the generator reads, with everything in it brought up to date. */
async function currentTree(name: string): Promise<string> {
  const root = join(folder, name)
  const sources = globSync(
    [
      'README.md',
      'LICENSE',
      'docs/**/*.md',
      'examples/**/*.{ts,tsx}',
      '{.,runtimes/*,examples/full-stack/*}/package-lock.json',
      'apps/*/src/**/*',
      'dropins/native/*.ts',
      'bench/figures/*.json',
      'packages/instar/{package.json,README.md,LICENSE}',
      'packages/instar/src/**/*.ts',
    ],
    { cwd: ROOT, exclude: (path) => path.endsWith('node_modules') },
  )
  for (const path of sources) cpSync(join(ROOT, path), join(root, path), { recursive: true })
  recordSpeed(root, SAMPLE)
  for (const [path, content] of await generate(root)) writeFileSync(join(root, path), content)
  return root
}

function recordSpeed(root: string, figures: Figures): void {
  mkdirSync(join(root, 'bench/figures'), { recursive: true })
  writeFileSync(join(root, 'bench/figures/speed.json'), JSON.stringify(figures))
}

describe('figures', () => {
  test('fill the tables of a page from what was measured, again and again', () => {
    const page = 'Before\n<!-- figures: statements -->\nold\n<!-- /figures -->\nafter\n'
    const filled = withFigures(ROOT, 'page.md', page)
    match(filled, /^Before\n<!-- figures: statements -->\n\| request \|[\s\S]*\| logout \| find, update \| 1 \+ 1 \|[\s\S]*<!-- \/figures -->\nafter\n$/)
    equal(withFigures(ROOT, 'page.md', filled), filled)
  })

  test('that nobody measured are an error, which names the page', () => {
    throws(() => withFigures(ROOT, 'page.md', '<!-- figures: luck -->\n<!-- /figures -->'), /page\.md .* "luck", which nobody measures/)
    throws(() => withFigures(ROOT, 'page.md', '<!-- figures: scale name -->\n<!-- /figures -->'), /page\.md .* "scale name", which nobody measures/)
    throws(() => withFigures(folder, 'page.md', '<!-- figures: scale -->\n<!-- /figures -->'), /page\.md .* bench\/figures\/scale\.json is not there/)
  })
})

describe('figures of speed', () => {
  const root = join(folder, 'speed')
  const shown = (part: string, figures: Figures = SAMPLE): string => {
    recordSpeed(root, figures)
    return withFigures(root, 'page.md', `<!-- figures: speed ${part} -->\nold\n<!-- /figures -->\n`)
  }

  test('are several tables, each by its name, and filled again and again', () => {
    const filled = shown('works')
    match(filled, /^<!-- figures: speed works -->\n\| µs \| read \| write \|\n[\s\S]*<!-- \/figures -->\n$/)
    equal(withFigures(root, 'page.md', filled), filled)
    throws(() => shown('luck'), /page\.md .* "speed luck", which nobody measures/)
    throws(() => withFigures(root, 'page.md', '<!-- figures: speed -->\n<!-- /figures -->'), /page\.md .* "speed", which nobody measures/)
  })

  test('that nobody recorded are an error, which names the command', () => {
    const page = '<!-- figures: speed works -->\n<!-- /figures -->'
    throws(
      () => withFigures(join(folder, 'absent'), 'page.md', page),
      /page\.md .* bench\/figures\/speed\.json is not there\. To measure them run "npm run bench -- --record"\./,
    )
    const { micro: _, ...without } = SAMPLE
    throws(() => shown('micro', without), /Run npm run bench -- --record\./)
  })

  test('put each library beside Instar on the same framework and engine', () => {
    const rows = shown('summary').match(/^\| (Express|Koa) .*$/gm)
    deepEqual(rows, [
      '| Express | memory | 40.0 | 10.0 | express-session | 50.0 | 0.20 |',
      '| Express | Redis | 40.0 | 100 | express-session | 1,200 | 0.08 |',
      '| Express | Redis, near cache | 40.0 | 14.0 | express-session, Redis | 1,200 | 0.01 |',
      '| Express | cookie | 40.0 |  | cookie-session | 35.0 |  |',
      '| Koa | memory | 30.0 | 6.0 |  |  |  |',
    ])
    match(
      shown('summary'),
      /the server on one core, the load and the engines on another.* Node 24\.0\.0, express 5\.0\.0\. `npm run bench -- --record`, 2026-01-02\.$/m,
    )
  })

  test('have no ratio where one of the two costs nothing', () => {
    const subject = SAMPLE.subjects['express-session, memory (Express)']
    const read = { ...subject?.works.read, cost: { fifth: -0.4, firstQuarter: -1, median: 0, lastQuarter: 1 } }
    const free = { ...SAMPLE, subjects: { ...SAMPLE.subjects, 'express-session, memory (Express)': { ...subject, works: { read } } } } as Figures
    match(shown('summary', free), /^\| Express \| memory \| 40\.0 \| 10\.0 \| express-session \| -0\.4 \| {2}\|$/m)
  })

  test('show every subject, what it can not do, and which goals are not reached', () => {
    for (const name of Object.keys(SAMPLE.subjects)) ok(shown('works').includes(`| ${name} |`), name)
    match(shown('works'), /Left out\. write: it is of \| paper \(`cookie-session, cookie \(Express\)`\)\.$/m)
    match(shown('commands'), /^\| instar, Redis \(Express\) \| 1 EVALSHA, 1 \(HMGET\) \| {2}\|\n\| instar, Redis, near cache \(Express\) \| none \| {2}\|\n\n/m)
    match(shown('engine'), /^\| instar, Redis \(Express\) \| 7\.0 \| {2}\|$/m)
    match(shown('allocations'), /^\| bare \(Koa\) \| 12\.3 \| {2}\|$/m)
    match(shown('lost'), /^\| instar, memory \(Express\) \| 0 \|\n\| express-session, memory \(Express\) \| 99 \|$/m)
    match(shown('growth'), /sessions \| 1,000 \| 1,000,000 \|[\s\S]*\| instar, memory \(Express\) \| 10\.0 \| 10\.5 \|\n.* \| 50\.0 \| {2}\|$/m)
    match(shown('micro'), /^\| no cookie \| none \| 2\.3 \|\n\| dead cookie \| 1 find \| 4\.0 \|\n\| login.* \| 1 create, 1 update \| {2}\|$/m)
    match(shown('goals'), /express-session, memory \(Express\), at most 1\/5 \| 0\.20 .* \| reached \|$/m)
    match(shown('goals'), /^\| @instar\/express-session, memory \(Express\), read: .* \| \*\*not reached\*\* \|$/m)
    match(shown('goals'), /^\d+ reached, 1 not reached, \d+ not measured\.$/m)
    for (const part of Object.keys(SPEED_TABLES)) doesNotMatch(shown(part), /NaN|undefined|\bnull\b/)
  })
})

describe('tables of frameworks', () => {
  test('name the versions of the lock files, and link to the guides from where the page is', () => {
    const marked = '<!-- frameworks: table -->\nold\n<!-- /frameworks -->\n'
    const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'))
    ok(withFrameworks(ROOT, 'README.md', marked).includes(`| [Fastify](docs/guides/fastify.md) | ${packages['node_modules/fastify'].version}`))
    ok(withFrameworks(ROOT, 'docs/guides/frameworks.md', marked).includes('| [Fastify](fastify.md) |'))
    throws(() => withFrameworks(ROOT, 'page.md', marked.replace('table', 'chart')), /page\.md .* "chart"/)
  })
})

describe('generate', () => {
  test('names every stale file and nothing else', async () => {
    const root = await currentTree('stale')
    deepEqual([...(await staleFiles(root)).keys()], [])

    const readme = join(root, 'README.md')
    writeFileSync(readme, readFileSync(readme, 'utf8').replace(/^(<!-- snippet: .*)$/m, '$1\nsomething else'))
    rmSync(join(root, 'docs/reference/events.md'))
    const events = join(root, 'packages/instar/src/core/events.ts')
    writeFileSync(events, readFileSync(events, 'utf8').replace('Two session cookies', 'Three session cookies'))
    writeFileSync(join(root, 'packages/instar/src/stores/new-store.ts'), 'export {}\n')
    deepEqual([...(await staleFiles(root)).keys()].sort(), ['README.md', 'docs/reference/events.md', 'packages/instar/package.json'])
  })

  test('knows a page as stale when something else was measured', async () => {
    const root = await currentTree('measured')
    recordSpeed(root, { ...SAMPLE, date: '2026-02-03T04:05:06.000Z' })
    deepEqual([...(await staleFiles(root)).keys()].sort(), ['README.md', 'docs/guides/cost.md'])
    rmSync(join(root, 'bench/figures/speed.json'))
    await rejects(generate(root), /README\.md asks for figures of "speed summary", and bench\/figures\/speed\.json is not there/)
  })

  test('each generated page says so in its first line', async () => {
    for (const [path, content] of await generate(await currentTree('pages')))
      if (path.startsWith('docs/reference/')) match(content, /^<!-- Generated by `npm run generate` from .+ Do not edit. -->\n/)
  })

  test('fails, naming page and file, when a quoted file is not there', async () => {
    const root = await currentTree('missing')
    writeFileSync(join(root, 'docs/guides/harden.md'), '<!-- snippet: apps/demo/src/gone.ts#x -->\n<!-- /snippet -->\n')
    await rejects(generate(root), /docs\/guides\/harden\.md quotes apps\/demo\/src\/gone\.ts#x: ENOENT/)
  })
})

const SOURCE = `
/** Not this one. */
interface Others { readonly a: string }

/** What it is { not a brace }. */
export interface Sample<User = DeclaredUser> {
  /** First. Default \`30m\`. */
  readonly idle?: Duration
  // a note
  /**
   * Second,
   * on two lines.
   */
  readonly load?: (id: string) => Promise<User | null> | null
  readonly nested: { readonly a?: string; readonly b: () => void }
  'dotted.name': 'a' | 'b;c'
  long:
    | 'a'
    | 'b'
  readonly map: Map<string, (a: { b: string }) => void>
}

export type Reason = 'one' | 'two'
export type Longer =
  | 'three'
  | 'four'
`

describe('the interface parser', () => {
  test('reads names, types and doc comments', () => {
    const { doc, members } = parseInterface(SOURCE, 'Sample')
    equal(doc, 'What it is { not a brace }.')
    deepEqual(
      members.map(({ name, isOptional, type, doc: said }) => [name, isOptional, type, said]),
      [
        ['idle', true, 'Duration', 'First. Default `30m`.'],
        ['load', true, '(id: string) => Promise<User | null> | null', 'Second, on two lines.'],
        ['nested', false, '{ readonly a?: string; readonly b: () => void }', ''],
        ['dotted.name', false, "'a' | 'b;c'", ''],
        ['long', false, "| 'a' | 'b'", ''],
        ['map', false, 'Map<string, (a: { b: string }) => void>', ''],
      ],
    )
    deepEqual(
      parseObjectType('{ readonly a?: string; readonly b: () => void }').map(({ name, type }) => [name, type]),
      [
        ['a', 'string'],
        ['b', '() => void'],
      ],
    )
  })

  test('reads unions of literals on one line and on several', () => {
    deepEqual(parseUnion(SOURCE, 'Reason'), ['one', 'two'])
    deepEqual(parseUnion(SOURCE, 'Longer'), ['three', 'four'])
  })

  test('throws at what it does not understand', () => {
    throws(() => parseInterface(SOURCE, 'Absent'), /no interface Absent/)
    throws(() => parseInterface('interface A {\n  method(): void\n}', 'A'), /no field: method/)
    throws(() => parseUnion(SOURCE, 'Sample'), /no union/)
  })

  test('takes the default out of a doc comment', () => {
    deepEqual(splitDefault({ doc: 'The clock. Default `Date.now`.', isOptional: true }), { text: 'The clock.', fallback: '`Date.now`' })
    deepEqual(splitDefault({ doc: 'Where. Default none: a 401. More.', isOptional: true }), { text: 'Where. More.', fallback: 'none: a 401' })
    deepEqual(splitDefault({ doc: 'Where sessions live. Required.', isOptional: false }), { text: 'Where sessions live.', fallback: 'required' })
  })
})

describe('snippets', () => {
  const source = [
    '/** Makes it. */',
    'export function make(): void {',
    '  // why',
    '  app.use(',
    '    helmet({',
    '      a: 1,',
    '',
    '    }),',
    '  )',
    '  // #region part',
    '  one()',
    '  two()',
    '  // #endregion',
    '}',
    'const line = 1',
  ].join('\n')

  test('an anchor is a region, a declaration or a quoted text', () => {
    deepEqual(snippetOf(source, 'part'), ['one()', 'two()'])
    deepEqual(snippetOf(source, 'line'), ['const line = 1'])
    deepEqual(snippetOf(source, '"helmet({"'), ['helmet({', '  a: 1,', '', '}),'])
    deepEqual(snippetOf(source, '"app.use("'), ['// why', 'app.use(', '  helmet({', '    a: 1,', '', '  }),', ')'])
    const whole = snippetOf(source, 'make')
    equal(whole[0], '/** Makes it. */')
    equal(whole.at(-1), '}')
    ok(!whole.some((line) => line.includes('#region')))
    deepEqual(snippetOf(source, undefined), source.split('\n'))
  })

  test('an anchor that fits nothing, or too much, throws', () => {
    throws(() => snippetOf(source, 'absent'), /Nothing fits/)
    throws(() => snippetOf(source, '"()"'), /More than one/)
    throws(() => snippetOf('// #region a\nx', 'a'), /does not end/)
  })

  test('fills a page, again and again, and leaves the rest alone', () => {
    writeFileSync(join(folder, 'code.ts'), 'const a = 1 // $& $1\n')
    const page = 'Before\n<!-- snippet: code.ts#a -->\nold\n<!-- /snippet -->\nbetween\n<!-- snippet: code.ts -->\n<!-- /snippet -->\nafter\n'
    const filled = withSnippets(folder, 'page.md', page)
    equal(filled.match(/```ts\nconst a = 1 \/\/ \$& \$1\n```/g)?.length, 2)
    match(filled, /^Before\n[\s\S]*\nbetween\n[\s\S]*\nafter\n$/)
    equal(withSnippets(folder, 'page.md', filled), filled)
  })
})

test('a table escapes what would end a cell', () => {
  equal(table(['a'], [['x | y']]), '| a |\n| --- |\n| x \\| y |')
})
