import { createRequire } from 'node:module'
import express, { type ErrorRequestHandler, type Express } from 'express'
import type { Anything } from './case.ts'
import { install, missing, original } from './installed.ts'
import { listen, Visitor } from './site.ts'

export const { Passport } = missing ? {} : install().require('passport')
export const POST = { method: 'POST' }

/** The session middleware that the drop-in is put beside: the one that people have, and the one that goes with it. */
export const LIBRARIES: { readonly [name: string]: () => Anything } = {
  'express-session': () => original('express-session'),
  '@instar/express-session': () => createRequire(import.meta.url)('../../express-session'),
}

export interface Rig {
  readonly app: Express
  readonly passport: Anything
  readonly store: Anything
}

export interface Setup {
  /** A library that is used as express-session is; default that one. */
  readonly library?: Anything
  /** In place of it with a MemoryStore. */
  readonly middleware?: Anything
  /** What the sessions are kept in, in place of the library's MemoryStore. */
  readonly store?: Anything
  readonly before?: (rig: Rig) => void
  readonly after?: (rig: Rig) => void
}

/** Runs steps against an application with `POST /login?as=…` (options in JSON under `options`), `POST /logout`, `GET /me` and `GET /session`. */
export async function on(setup: Setup, steps: (visitor: Visitor, rig: Rig & { readonly origin: string }) => Promise<void>): Promise<void> {
  const session = setup.library ?? original('express-session')
  const app = express().set('env', 'test') // Errors are answered and not printed.
  const passport = new Passport()
  const store = setup.store ?? new session.MemoryStore()
  const rig: Rig = { app, passport, store }
  passport.serializeUser((user: Anything, done: Anything) => done(null, user.id))
  passport.deserializeUser((id: unknown, done: Anything) => done(null, { id }))
  passport.use('query', {
    authenticate(this: Anything, request: Anything) {
      this.success({ id: request.query.as }, { message: 'welcome' })
    },
  })
  app.use(setup.middleware ?? session({ secret: 'x', resave: false, saveUninitialized: false, cookie: { sameSite: 'lax' }, store }))
  app.use((request: Anything, _response, next) => {
    for (const [key, value] of Object.entries(JSON.parse(request.query.plant ?? '{}'))) request.session[key] = value
    next()
  })
  setup.before?.(rig)
  app.use(passport.initialize(), passport.session())
  app.post('/login', (request: Anything, response, next) =>
    passport.authenticate('query', JSON.parse(request.query.options ?? '{}'))(request, response, (error: unknown) =>
      error ? next(error) : response.json({ user: request.user, session: request.session }),
    ),
  )
  app.post('/logout', (request: Anything, response, next) => void request.logout((error: unknown) => (error ? next(error) : response.send('bye'))))
  app.get('/me', (request: Anything, response) => void response.send(request.user?.id ?? 'nobody'))
  app.get('/session', (request: Anything, response) => void response.json(request.session))
  setup.after?.(rig)
  app.use(((error, request, response, _next) => {
    if (response.headersSent) response.destroy()
    else response.status(error.status ?? 500).json({ error: error.message, user: (request as Anything).user })
  }) satisfies ErrorRequestHandler)
  const { origin, close } = await listen(app)
  try {
    await steps(new Visitor(origin), { ...rig, origin })
  } finally {
    await close()
  }
}

export const plant = (path: string, data: object): string => `${path}${path.includes('?') ? '&' : '?'}plant=${encodeURIComponent(JSON.stringify(data))}`
export const login = (as: string, options: object = {}): string => `/login?as=${as}&options=${encodeURIComponent(JSON.stringify(options))}`
export const held = (answer: { readonly text: string }): Anything => JSON.parse(answer.text)
export const without = ({ cookie: _, ...data }: Anything): Anything => data

export interface Gate {
  readonly reached: Promise<void>
  open(): void
}

/** Something that waits until it is let go on. */
export function gate(): Gate & { pass(): Promise<void> } {
  const reached = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  const pass = (): Promise<void> => {
    reached.resolve()
    return opened.promise
  }
  return { reached: reached.promise, open: opened.resolve, pass }
}

/** Holds the next call of a store's method before the store sees it. */
export function hold(store: Anything, method: string): Gate {
  const real = store[method]
  const held = gate()
  store[method] = (...args: Anything[]) => {
    store[method] = real
    void held.pass().then(() => real.apply(store, args))
  }
  return held
}

/** Makes the next calls of a store's method fail, and all that follow until told otherwise. */
export function failing(store: Anything, method: string, times = Number.POSITIVE_INFINITY): void {
  const real = store[method].bind(store)
  let left = times
  store[method] = (...args: Anything[]) => (left-- > 0 ? setImmediate(args.at(-1), new Error('the store is down')) : real(...args))
}

/** A MemoryStore that answers in a later turn, with what it was given then. */
export function lateStore(library: Anything): Anything {
  const store = new library.MemoryStore()
  for (const method of ['get', 'set', 'destroy', 'touch']) {
    const real = store[method].bind(store)
    store[method] = (id: string, ...args: Anything[]) => {
      const [session, ...rest] = args
      const given = typeof session === 'object' ? [JSON.parse(JSON.stringify(session)), ...rest] : args
      setImmediate(() => real(id, ...given))
    }
  }
  return store
}

/** Collects what the process warns of by the codes of the drop-in. */
export function warned(): readonly { readonly code: string; readonly message: string }[] {
  const seen: Anything[] = []
  process.on('warning', (warning: Anything) => warning.code?.startsWith('INSTAR_') && seen.push(warning))
  return seen
}
