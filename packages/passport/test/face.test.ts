import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { inherits } from 'node:util'
import type { Anything } from './case.ts'
import { install, missing, original } from './installed.ts'

const { folder, require: installed } = install()
const passport = installed('passport')

/** Paths below the package that other packages require. */
const PATHS = [
  'authenticator',
  'errors/authenticationerror',
  'framework/connect',
  'http/request',
  'index',
  'middleware/authenticate',
  'middleware/initialize',
  'sessionmanager',
  'strategies/session',
]

describe('the package', () => {
  for (const path of PATHS)
    test(`passport/lib/${path} is what it is in Passport, with and without .js`, { skip: missing }, () => {
      const [ours, theirs] = [installed(`passport/lib/${path}`), original(`passport/lib/${path}`)]
      equal(installed(`passport/lib/${path}.js`), ours)
      equal(typeof ours, typeof theirs)
      if (path !== 'index') deepEqual(Object.keys(ours).sort(), Object.keys(theirs).sort())
      const methodsOf = (value: Anything): string[] => Object.getOwnPropertyNames(value.prototype ?? {}).sort()
      if (/^[A-Z]/.test(theirs.name ?? '')) for (const method of methodsOf(theirs)) ok(methodsOf(ours).includes(method), method)
    })

  test('has what the singleton of Passport has', { skip: missing }, () => {
    const theirs = original('passport')
    for (const key of Object.keys(theirs)) equal(typeof passport[key], typeof theirs[key], key)
    for (const key of Object.getOwnPropertyNames(Object.getPrototypeOf(theirs))) equal(typeof passport[key], typeof theirs[key], key)
    for (const name of ['Passport', 'Strategy']) equal(passport[name].name, theirs[name].name)
    deepEqual(Object.keys(passport.strategies), Object.keys(theirs.strategies))
    equal(passport.Passport, passport.Authenticator)
    ok(passport instanceof passport.Passport)
  })

  test('is imported by name, by default and as a whole', async () => {
    const file = join(folder, 'names.mjs')
    const source = [
      "import * as whole from 'passport'",
      "import byDefault, { Authenticator, Passport, Strategy, strategies } from 'passport'",
      'export { whole, byDefault, Authenticator, Passport, Strategy, strategies }',
    ]
    writeFileSync(file, source.join('\n'))
    const { whole, byDefault, ...named } = await import(file)
    equal(byDefault, passport)
    deepEqual(Object.keys(whole).sort(), ['Authenticator', 'Passport', 'Strategy', 'default', 'module.exports', 'strategies'])
    for (const [name, value] of Object.entries(named)) equal(value, passport[name], name)
  })

  test('shows its version, within the peer ranges of others', () => {
    const { name, version, main, exports, types, license } = installed('passport/package.json')
    deepEqual([name, version, exports, types, license], ['@instar/passport', '0.7.0', undefined, undefined, 'MIT'])
    equal(main, './lib/index.js')
    const root = join(import.meta.dirname, '..', '..', '..')
    equal(readFileSync(join(root, 'packages', 'passport', 'LICENSE'), 'utf8'), readFileSync(join(root, 'LICENSE'), 'utf8'))
  })
})

describe('heirs', () => {
  test('in the style before classes', () => {
    function Strategy(this: Anything) {
      passport.Strategy.call(this)
      this.name = 'old'
    }
    inherits(Strategy as Anything, passport.Strategy)
    const strategy = new (Strategy as Anything)()
    ok(strategy instanceof passport.Strategy)
    throws(() => strategy.authenticate({}), /authenticate\(\)/)

    function Heir(this: Anything) {
      passport.Passport.call(this)
    }
    inherits(Heir as Anything, passport.Passport)
    const heir = new (Heir as Anything)()
    heir.use(strategy)
    equal(heir._strategy('old'), strategy)
    equal(passport._strategy('old'), undefined)
  })

  test('as classes', () => {
    class Heir extends passport.Passport {
      constructor() {
        super()
        ;(this as Anything).framework({ initialize: () => 'initialize', authenticate: (_passport: unknown, name: string) => name })
      }
    }
    const heir: Anything = new Heir()
    deepEqual([heir.initialize(), heir.session(), heir.authenticate('local')], ['initialize', 'session', 'local'])
    class Strategy extends passport.Strategy {}
    ok(new Strategy() instanceof passport.Strategy)
  })

  test('a strategy without a name is refused', () => {
    throws(() => new passport.Passport().use({ authenticate() {} }), /must have a name/)
  })
})
