import { deepEqual, equal, notEqual } from 'node:assert/strict'
import { describe, test } from 'node:test'
import Koa from 'koa'
import type { Anything } from './case.ts'
import { install, missing, original } from './installed.ts'
import { warned } from './rig.ts'
import { listen, Visitor } from './site.ts'

const warnings = warned()

/** An application with `POST /login`, `POST /custom`, `POST /logout` and `GET /me`, sessions in memory. */
async function on(steps: (visitor: Visitor, stored: Map<string, Anything>) => Promise<void>): Promise<void> {
  const { KoaPassport } = install(['koa-passport']).require('koa-passport')
  const { Strategy } = original('passport-local')
  const passport = new KoaPassport()
  passport.serializeUser((user: Anything, done: Anything) => done(null, user.id))
  passport.deserializeUser((id: unknown, done: Anything) => done(null, { id }))
  passport.use(new Strategy((id: string, password: string, done: Anything) => done(null, password === 'right' && { id }, { message: 'no' })))

  const app = new Koa()
  app.keys = ['for tests']
  const stored = new Map<string, Anything>()
  const store = {
    get: (key: string) => stored.get(key),
    set: (key: string, session: Anything) => void stored.set(key, session.toJSON?.() ?? session),
    destroy: (key: string) => void stored.delete(key),
  }
  const { createSession } = original('koa-session')
  app.use(createSession({ store }, app))
  app.use(async (context: Anything, next) => {
    const parts: Buffer[] = []
    for await (const part of context.req) parts.push(part)
    context.request.body = Object.fromEntries(new URLSearchParams(Buffer.concat(parts).toString()))
    if (context.query.plant) context.session.cart = context.query.plant
    await next()
  })
  app.use(passport.initialize())
  app.use(passport.session())
  const login = passport.authenticate('local', { successRedirect: '/home' })
  app.use(async (context: Anything, next) => {
    const route = `${context.method} ${context.path}`
    if (route === 'POST /login') return login(context, next)
    if (route === 'POST /custom') {
      return passport.authenticate('local', async (_error: unknown, user: unknown, info: unknown) => {
        if (user) await context.login(user, { keep: ['cart'] })
        context.body = { user, info, cart: context.session.cart }
      })(context, next)
    }
    if (route === 'POST /logout') {
      await context.logout()
      context.body = 'bye'
    } else context.body = { id: context.state.user?.id, is: context.isAuthenticated(), cart: context.session.cart }
  })
  const { origin, close } = await listen(app.callback())
  try {
    await steps(new Visitor(origin), stored)
  } finally {
    await close()
  }
}

describe('koa-passport on Koa 3 with koa-session', { skip: missing }, () => {
  const form = { username: 'ann', password: 'right' }
  const me = async (visitor: Visitor): Promise<unknown> => JSON.parse((await visitor.go('/me')).text)

  test('a login, under a new id and without what the session held, and a logout', () =>
    on(async (visitor, stored) => {
      await visitor.go('/me?plant=tea')
      const [before] = stored.keys()
      equal((await visitor.go('/login', { form: { ...form, password: 'wrong' } })).status, 401)
      const answer = await visitor.go('/login', { form })
      deepEqual([answer.status, answer.headers.get('location')], [302, '/home'])
      deepEqual(await me(visitor), { id: 'ann', is: true })
      const [id] = stored.keys()
      equal(stored.size, 1)
      notEqual(id, before)
      const stolen = new Visitor(visitor.origin, visitor.cookies)
      equal((await visitor.go('/logout', { method: 'POST' })).text, 'bye')
      deepEqual(await me(visitor), { is: false })
      deepEqual(await me(stolen), { is: false })
    }))

  test('a custom callback that logs in, keeping what is named', () =>
    on(async (visitor) => {
      await visitor.go('/me?plant=tea')
      deepEqual(JSON.parse((await visitor.go('/custom', { form: { ...form, password: 'wrong' } })).text), { user: false, info: { message: 'no' }, cart: 'tea' })
      deepEqual(JSON.parse((await visitor.go('/custom', { form })).text), { user: { id: 'ann' }, info: { message: 'no' }, cart: 'tea' })
      deepEqual(await me(visitor), { id: 'ann', is: true, cart: 'tea' })
    }))

  test('its sessions are under new ids, so nothing is warned of', () =>
    on(async (visitor, stored) => {
      await visitor.go('/me?plant=tea')
      const [before] = stored.keys()
      await visitor.go('/custom', { form }) // Keeps all that the session held.
      notEqual([...stored.keys()][0], before)
      await visitor.go('/logout', { method: 'POST' })
      await new Promise(setImmediate) // Warnings are told in a later turn.
      deepEqual(warnings, [])
    }))
})
