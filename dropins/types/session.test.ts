import { equal } from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { capture, ROOT, TSC } from '../../scripts/run.ts'

const folder = mkdtempSync(join(tmpdir(), 'instar-session-types-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** An application as an install under the original's name leaves it. */
function install(): void {
  const modules = join(folder, 'node_modules')
  mkdirSync(modules)
  cpSync(join(ROOT, 'packages/express-session'), join(modules, 'express-session'), { recursive: true })
  for (const name of ['@types', 'express']) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name), 'dir')
  for (const file of ['module.mts', 'common.cts']) cpSync(join(import.meta.dirname, file), join(folder, file))
}

test('under the name of the original it has the types that people have, for ES modules and for CommonJS', async () => {
  install()
  for (const module of ['nodenext', 'node20']) {
    const compilerOptions = { target: 'es2024', module, strict: true, skipLibCheck: false, noEmit: true, types: ['node'], esModuleInterop: true }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['module.mts', 'common.cts'] }))
    const { code, output } = await capture(process.execPath, [TSC, '-p', folder])
    equal(code, 0, output)
  }
})
