import { deepEqual, equal, rejects } from 'node:assert/strict'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Anything } from './case.ts'
import { DROPINS, install, missing, original } from './installed.ts'

test('@nestjs/passport guards a route by a strategy that its mixin registers', { skip: missing }, async () => {
  const { folder, require: installed } = install(['@nestjs/passport'])
  // What the package itself needs; found as it would be in an installation.
  for (const name of ['@nestjs/common', 'reflect-metadata', 'rxjs', 'tslib', 'uid', 'iterare', '@lukeed', 'file-type', 'load-esm']) link(folder, name)
  await import(pathToFileURL(original.resolve('reflect-metadata')).href)
  const { AuthGuard, PassportStrategy, PassportSerializer } = await import(pathToFileURL(join(folder, 'node_modules/@nestjs/passport/dist/index.js')).href)
  const { Strategy } = original('passport-local')

  class Local extends PassportStrategy(Strategy) {
    async validate(name: string, password: string): Promise<unknown> {
      if (name === 'broken') throw new Error('the directory is down')
      return password === 'right' ? { id: name } : null
    }
  }
  class Serializer extends PassportSerializer {
    serializeUser(user: Anything, done: Anything): void {
      done(null, user.id)
    }
    deserializeUser(id: unknown, done: Anything): void {
      done(null, { id })
    }
  }
  ;new (Local as Anything)()
  ;new (Serializer as Anything)()
  const passport = installed('passport')
  equal(typeof passport._strategy('local').authenticate, 'function')

  const guard = new (AuthGuard('local') as Anything)()
  const as = (username: string, password: string): Anything => ({ body: { username, password }, headers: {}, session: mockSession() })
  const ask = async (request: Anything): Promise<Anything> => {
    const context = { switchToHttp: () => ({ getRequest: () => request, getResponse: () => ({}) }) }
    equal(await guard.canActivate(context), true)
    return request
  }
  const request = await ask(as('ann', 'right'))
  deepEqual(request.user, { id: 'ann' })
  await guard.logIn(request)
  deepEqual(request.session.passport, { user: 'ann' })
  await rejects(ask(as('ann', 'wrong')), (error: Anything) => error.getStatus() === 401)
  await rejects(ask(as('broken', 'right')), /the directory is down/)

  function link(folder: string, name: string): void {
    cpSync(join(DROPINS, name), join(folder, 'node_modules', name), { recursive: true })
  }
})

const mockSession = (): Anything =>
  Object.create({
    regenerate: (done: Anything) => done(),
    save: (done: Anything) => done(),
  })
