import { deepEqual } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { DROPINS, install, missing } from './installed.ts'

const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')

const USE = `
declare global {
  namespace Express {
    interface User {
      id: string
    }
  }
}
passport.serializeUser<string>((user, done) => done(null, user.id))
passport.deserializeUser<string>((id, done) => done(null, { id }))
export const middleware = [passport.initialize(), passport.session(), passport.authenticate('local', { successRedirect: '/', keepSessionInfo: true })]
// @ts-expect-error: an option that there is not, which shows that the types are found
export const wrong = passport.authenticate('local', { succesRedirect: '/' })
`

/** What README.md says for the options and promises that are new. */
const NEW = `
${/```ts\n(.*?)```/s.exec(readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8'))?.[1]}
export const keeping = passport.authenticate('local', { keep: ['cart'] })
export const login = async (request: Express.Request): Promise<void> => {
  await request.login({ id: 'ann' }, { keep: ['cart'] })
  await request.logout()
  request.logout((error) => void error)
}
`

const WAYS: { readonly [file: string]: string } = {
  'import.mts': `import passport from 'passport'\n${USE}${NEW}`,
  'interop.cts': `import passport from 'passport'\n${USE}`,
  'require.cts': `import passport = require('passport')\n${USE}`,
}

test('TypeScript finds the types that people have, beside the drop-in under its alias', { skip: missing, timeout: 120_000 }, () => {
  const { folder } = install(readdirSync(join(DROPINS, '@types')).map((name) => `@types/${name}`))
  for (const [file, source] of Object.entries(WAYS)) writeFileSync(join(folder, file), source)
  const common = { strict: true, noEmit: true, target: 'es2022', types: ['node'], esModuleInterop: true, skipLibCheck: true }
  const projects = {
    'nodenext.json': { compilerOptions: { ...common, module: 'nodenext' }, files: Object.keys(WAYS) },
    'commonjs.json': { compilerOptions: { ...common, module: 'commonjs', moduleResolution: 'bundler' }, files: ['interop.cts', 'require.cts'] },
  }
  for (const [name, project] of Object.entries(projects)) {
    writeFileSync(join(folder, name), JSON.stringify(project))
    const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', join(folder, name), '--pretty', 'false'], { encoding: 'utf8' })
    deepEqual({ name, status, stdout }, { name, status: 0, stdout: '' })
  }
})
