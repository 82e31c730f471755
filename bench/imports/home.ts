import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { closureOf } from './closure.ts'
import { packageOf, type Subject } from './subjects.ts'

/** Plain JavaScript, so that Node has stripped no types before; it imports nothing itself. */
const TIMED = `const start = performance.now()
await import(process.argv[2])
process.stdout.write(String(performance.now() - start))
`

const WATCHED = `import { registerHooks } from 'node:module'
const urls = new Set()
registerHooks({
  load(url, context, next) {
    urls.add(url)
    return next(url, context)
  },
})
await import(process.argv[2])
process.stdout.write(JSON.stringify([...urls]))
`

/** What an import loads. */
export interface Loaded {
  /** Paths below the `node_modules`. */
  readonly files: readonly string[]
  readonly bytes: number
  /** Of Node itself, such as `node:crypto`. */
  readonly builtins: readonly string[]
  /** Files of other packages than those that were named. */
  readonly outside: readonly string[]
}

/** A folder away from this repository, with packages installed and programs that import them. */
export class Home {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'instar-imports-')))
  readonly modules = join(this.folder, 'node_modules')
  #programs = 0

  constructor() {
    mkdirSync(this.modules)
    writeFileSync(join(this.folder, 'timed.mjs'), TIMED)
    writeFileSync(join(this.folder, 'watched.mjs'), WATCHED)
  }

  /** Copies packages, with what they depend on, from another `node_modules`. */
  bring(modules: string, names: readonly string[]): void {
    for (const folder of closureOf(modules, names)) cpSync(folder, join(this.modules, folder.slice(modules.length)), { recursive: true })
  }

  /** A program that imports a subject and does nothing else; for timing and watching. */
  program({ specifiers }: Subject): string {
    const path = join(this.folder, `program-${this.#programs++}.mjs`)
    writeFileSync(path, specifiers.map((specifier) => `import '${specifier}'\n`).join(''))
    return path
  }

  /** How long a new process imports a program, in milliseconds. */
  async timed(program: string): Promise<number> {
    return Number(await this.#node('timed.mjs', program))
  }

  async loaded(subject: Subject): Promise<Loaded> {
    const program = this.program(subject)
    const urls: string[] = JSON.parse(await this.#node('watched.mjs', program))
    const own = subject.specifiers.map((specifier) => join(this.modules, packageOf(specifier), '/'))
    const paths = urls.filter((url) => url.startsWith('file:') && fileURLToPath(url) !== program).map((url) => fileURLToPath(url))
    return {
      files: paths.map((path) => path.slice(this.modules.length + 1)),
      bytes: paths.reduce((total, path) => total + statSync(path).size, 0),
      builtins: urls.filter((url) => url.startsWith('node:')),
      outside: paths.filter((path) => !own.some((folder) => path.startsWith(folder) && !path.slice(folder.length).includes('node_modules/'))),
    }
  }

  leave(): void {
    rmSync(this.folder, { recursive: true })
  }

  /** Runs Node without the options of this process; resolves to what it prints. */
  #node(...args: readonly string[]): Promise<string> {
    const { NODE_OPTIONS: _, NODE_COMPILE_CACHE: __, NODE_V8_COVERAGE: ___, NODE_TEST_CONTEXT: ____, ...env } = process.env
    const child = spawn(process.execPath, args, { cwd: this.folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    return new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => (code === 0 ? resolve(output) : reject(new Error(`node ${args.join(' ')} ended with code ${code}.`))))
    })
  }
}
