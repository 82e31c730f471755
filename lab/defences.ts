import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../scripts/run.ts'

/** A change of the library's source that switches something off. The lab alone runs it; it is never published. */
interface Edit {
  readonly file: string
  readonly find: string
  readonly replace: string
}

export interface Defence {
  readonly name: string
  readonly title: string
  readonly edits: readonly Edit[]
  /** The attacks that have to come back without it, or the run shows nothing. */
  readonly bringsBack: readonly string[]
}

const NO_PREFIX: Edit = { file: 'core/cookie.ts', find: "const prefix = secure ? '__Host-Http-' : ''", replace: "const prefix = '' as string" }
const SAME_ID: readonly Edit[] = [
  {
    file: 'core/login.ts',
    find: '  const token = mintToken()\n',
    replace: '  const token = (left as { token?: SessionToken } | undefined)?.token ?? mintToken()\n',
  },
  {
    file: 'core/login.ts',
    find: '    await policy.store.create(fresh.row)\n',
    replace: '    if (left) await policy.store.delete(left.row.id)\n    await policy.store.create(fresh.row)\n',
  },
  { file: 'core/login.ts', find: 'if (left) await retireRow(', replace: 'if (left && Date.now() === 0) await retireRow(' },
]
const FIRST_OF_TWO: readonly Edit[] = [
  { file: 'core/cookie-header.ts', find: 'const trusted = count === 1\n', replace: 'const trusted = count >= 1\n' },
  { file: 'core/cookie-header.ts', find: '        value = header.slice(', replace: '        value ??= header.slice(' },
]

/** What is left then are the tokens in the forms, and logins of those who have no session yet go unguarded. */
const NO_SIGNALS: readonly Edit[] = [
  {
    file: 'csrf/guard.ts',
    find: "    const origin = request.headers.get('origin')\n    if (origin !== null && this",
    replace: '    const origin = null as string | null\n    if (origin !== null && this',
  },
  { file: 'csrf/guard.ts', find: "const site = request.headers.get('sec-fetch-site')", replace: 'const site = null as string | null' },
  { file: 'csrf/guard.ts', find: '    unit.isVerified = refusal === undefined\n', replace: '    unit.isVerified = refusal === undefined || !unit.live\n' },
]
const ANY_TOKEN: Edit = {
  file: 'core/csrf-token.ts',
  find: 'const digest = (secret: string, salt: string): string =>',
  replace: "const digest = (_: string, salt: string, secret = ''): string =>",
}

/** What holds, each by itself: what is switched off for it. */
export const DEFENCES: readonly Defence[] = [
  { name: 'new id', title: 'the new id at a login', bringsBack: ['shared-computer-copy', 'shared-computer-plant'], edits: SAME_ID },
  { name: 'name', title: 'the cookies’ names, __Host-Http-', bringsBack: ['sibling-domain', 'donated-session'], edits: [NO_PREFIX] },
  {
    name: 'Secure',
    title: 'the attribute Secure, and with it the names',
    bringsBack: ['read-on-the-way'],
    edits: [NO_PREFIX, { file: 'core/cookie.ts', find: "secure ? '; Secure' : '',", replace: "''," }],
  },
  {
    name: 'guard',
    title: 'the guard against forged requests',
    bringsBack: ['forged-transfer', 'forged-login', 'forged-logout'],
    edits: [
      {
        file: 'csrf/guard.ts',
        find: '    unit.isVerified = refusal === undefined\n',
        replace: '    unit.isVerified = true\n    if (refusal !== null) return\n',
      },
    ],
  },
  { name: 'signals', title: 'the look at Sec-Fetch-Site and Origin: tokens in forms are left', bringsBack: ['forged-login'], edits: NO_SIGNALS },
  {
    name: 'CSRF binding',
    title: 'that look, and what binds a token to its session',
    bringsBack: ['csrf-token-before', 'csrf-token-after'],
    edits: [...NO_SIGNALS, ANY_TOKEN],
  },
  {
    name: 'no-store',
    title: 'Cache-Control: no-store for pages of a login',
    bringsBack: ['back-button'],
    edits: [{ file: 'core/http.ts', find: '  if (result.personal) {', replace: '  if (result.personal && Date.now() === 0) {' }],
  },
  {
    name: 'end at logout',
    title: 'the end of the row at a logout',
    bringsBack: ['replay-after-logout', 'slow-request'],
    edits: [
      {
        file: 'core/unit-of-work.ts',
        find: "if (left) await retireRow(this.policy, left.row, { retiredBy: 'logout'",
        replace: "if (left && Date.now() === 0) await retireRow(this.policy, left.row, { retiredBy: 'logout'",
      },
    ],
  },
  {
    name: 'update only',
    title: 'writes that compare, and never create',
    bringsBack: ['slow-request'],
    edits: [
      { file: 'stores/memory.ts', find: 'if (stored?.version !== row.version) return false', replace: 'void stored' },
      {
        file: 'core/row-writer.ts',
        find: 'let row: SessionRow | undefined = last && last.version > opened.version ? last : opened',
        replace: 'void last\n    let row: SessionRow | undefined = opened',
      },
    ],
  },
  {
    name: 'hashed secrets',
    title: 'hashes of the secrets in the store',
    bringsBack: ['stolen-row'],
    edits: [{ file: 'core/token.ts', find: '=> sha256(secret)', replace: '=> secret' }],
  },
  {
    name: 'return path',
    title: 'the look at the path to return to',
    bringsBack: ['open-redirect'],
    edits: [
      {
        file: 'core/return-to.ts',
        find: "  if (typeof path !== 'string' || path.length > LONGEST || !isPlainPath(path)) return undefined\n",
        replace: "  if (path === undefined || typeof path === 'string') return path\n",
      },
    ],
  },
  {
    name: 'name and new id',
    title: 'the names and the new id, both',
    bringsBack: ['sibling-domain', 'network-same-host', 'script-partitioned'],
    edits: [NO_PREFIX, ...SAME_ID],
  },
  {
    name: 'name and signals',
    title: 'the names, and the look at Sec-Fetch-Site and Origin',
    bringsBack: ['donated-session'],
    edits: [NO_PREFIX, ...NO_SIGNALS],
  },
  {
    name: 'name and duplicates',
    title: 'the names, and the refusal of two cookies of one name',
    bringsBack: ['duplicate-before'],
    edits: [NO_PREFIX, ...FIRST_OF_TWO],
  },
]

/** Several of them switched off at once. Of two edits of one line the first stands: where the guard is off, so is what it looks at. */
export const combined = (defences: readonly Defence[]): Defence => {
  const edits = new Map<string, Edit>()
  for (const edit of defences.flatMap(({ edits }) => edits)) if (!edits.has(edit.file + edit.find)) edits.set(edit.file + edit.find, edit)
  return { name: defences.map(({ name }) => name).join(', '), title: defences.map(({ title }) => title).join(', '), edits: [...edits.values()], bringsBack: [] }
}

const standing = new Set<string>()
// Also where somebody ends the lab in the middle of a play.
process.once('exit', () => {
  for (const folder of standing) rmSync(folder, { recursive: true, force: true })
})

/** An installation like another, with the library's source in which something is switched off. To be run with the condition `instar-source`. */
export function weakenedHome(home: string, { name, edits }: Defence): { readonly folder: string; remove(): void } {
  const temporary = join(ROOT, '.tmp')
  mkdirSync(temporary, { recursive: true })
  const folder = mkdtempSync(join(temporary, 'weakened-'))
  cpSync(join(ROOT, 'packages/instar'), join(folder, 'instar'), { recursive: true, filter: (path) => !/\/(dist|node_modules|test)$/.test(path) })
  for (const { file, find, replace } of edits) {
    const path = join(folder, 'instar/src', file)
    const source = readFileSync(path, 'utf8')
    if (source.split(find).length !== 2) throw new Error(`The defence “${name}” finds its line not once in ${file}.`)
    writeFileSync(
      path,
      source.replace(find, () => replace),
    )
  }
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  for (const entry of readdirSync(join(home, 'node_modules'))) if (entry !== 'instar') symlinkSync(join(home, 'node_modules', entry), join(modules, entry))
  symlinkSync(join(folder, 'instar'), join(modules, 'instar'))
  writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}\n')
  standing.add(folder)
  return {
    folder,
    remove() {
      standing.delete(folder)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
