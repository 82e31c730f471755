import { deepEqual, equal } from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'

// Each folder here is an application of its own, checked by the plain compiler. An error that should be there and is not fails as well: @ts-expect-error.

const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')

const compile = (folder: string): Promise<{ code: number; output: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], (error, output) => resolve({ code: error ? 1 : 0, output }))
  })

describe('types', () => {
  const folders = globSync('*/tsconfig.json', { cwd: import.meta.dirname })
    .map(dirname)
    .sort()
  for (const name of folders) {
    test(`${name.replaceAll('-', ' ')}`, async () => {
      const { code, output } = await compile(join(import.meta.dirname, name))
      equal(output, '')
      equal(code, 0)
    })
  }

  test('are tried by every folder', () => {
    deepEqual(folders, ['beside-express-session', 'declared', 'durations', 'express-application', 'narrowing', 'readonly'])
    for (const name of folders) readFileSync(join(import.meta.dirname, name, 'application.ts'))
  })
})
