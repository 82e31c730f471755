import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Member, type ParsedInterface, parseInterface } from './interface-parser.ts'
import { code, generatedFrom, table } from './markdown.ts'

/** Which interfaces the page shows: where they are, and how a reader comes by them. */
const PAGES: readonly (readonly [name: string, file: string, use: string])[] = [
  ['SessionManagerOptions', 'core/session-manager.ts', "`new SessionManager(options)` · `import { SessionManager } from 'instar'`"],
  ['CookieOptions', 'core/cookie.ts', 'the option `cookie` of the `SessionManager`'],
  ['SessionLimit', 'core/policy.ts', 'the option `limit` of the `SessionManager`'],
  ['LoginOptions', 'core/session.ts', '`session.login(userId, options)`'],
  ['InstarOptions', 'adapters/express-untyped.ts', "`instar(sessions, options)` · `import { instar } from 'instar/adapters/express'`"],
  ['NodeOptions', 'adapters/node.ts', "`withSession(sessions, handler, options)` · `import { withSession } from 'instar/adapters/node'`"],
  ['CsrfOptions', 'csrf/guard.ts', 'the option `csrf` of the adapters'],
  ['RequireUserOptions', 'adapters/express-untyped.ts', '`requireUser(options)`'],
  ['RequireFreshOptions', 'adapters/express-untyped.ts', '`requireFresh(options)`'],
  ['MemoryStoreOptions', 'stores/memory.ts', "`memoryStore(options)` · `import { memoryStore } from 'instar/stores/memory'`"],
  ['SqliteStoreOptions', 'stores/sqlite.ts', "`sqliteStore(database, options)` · `import { sqliteStore } from 'instar/stores/sqlite'`"],
]

/** docs/reference/options.md, from the doc comments of the option types. */
export function optionsReference(root: string): string {
  const sections = PAGES.map(([name, file, use]) => {
    const source = readFileSync(join(root, 'packages/instar/src', file), 'utf8')
    return section(parseInterface(source, name), use)
  })
  return `${generatedFrom('the option types in packages/instar/src')}

# Options

Every option has a secure default. A value that cannot work throws \`bad_option\` when the object is made, naming the option, its value and the mend.
A \`Duration\` is a whole number with its unit: \`'500ms'\`, \`'30s'\`, \`'15m'\`, \`'12h'\`, \`'30d'\`. A bare number is refused, because libraries disagree about its unit.

${sections.join('\n\n')}
`
}

function section({ name, doc, members }: ParsedInterface, use: string): string {
  const rows = members.map((member) => {
    if (member.doc === '' && doc === '') throw new Error(`${name}.${member.name} has no doc comment.`)
    const { text, fallback } = splitDefault(member)
    return [code(member.name), code(member.type.replaceAll('readonly ', '')), fallback, text]
  })
  return [`## ${name}`, '', `For ${use}.${doc === '' ? '' : ` ${doc}`}`, '', table(['option', 'type', 'default', 'meaning'], rows)].join('\n')
}

/** Takes the sentence `Default …` out of a doc comment. */
export function splitDefault({ doc, isOptional }: Pick<Member, 'doc' | 'isOptional'>): { readonly text: string; readonly fallback: string } {
  const sentence = /(?:^|\s)Default (.+?)\.(?=\s|$)/.exec(doc)
  const text = doc.replace(sentence?.[0] ?? '', '').replace(/\s*Required\.$/, '')
  return { text: text.trim(), fallback: isOptional ? (sentence?.[1] ?? 'none') : 'required' }
}
