import { deepEqual, notDeepEqual, ok, partialDeepStrictEqual } from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import express, { type ErrorRequestHandler, Router } from 'express'
import type { Anything, Case, Kit, Seen } from './case.ts'
import { CASES } from './cases.ts'
import { DIFFERENCES } from './differences.ts'
import { install, missing, original } from './installed.ts'
import { expressSessions, plainSessions, type Sessions } from './sessions.ts'
import { listen, type Site, Visitor } from './site.ts'

const LIBRARIES = { 'express-session': expressSessions, plain: plainSessions } as const

/** All cases on one server, each below a path of its own, by one of the two Passports. */
async function serve(Passport: new () => Anything, sessions: Sessions): Promise<Site> {
  const app = express()
  app.use(sessions.middleware)
  app.use(original('connect-flash')())
  for (const [index, each] of CASES.entries()) app.use(`/${index}`, routerOf(each, new Passport()))
  app.use(((error, _request, response, _next) => {
    response.status(error.status ?? 500).json({ name: error.name, message: error.message, status: error.status })
  }) satisfies ErrorRequestHandler)
  return listen(app)
}

function routerOf(each: Case, passport: Anything): Router {
  const router = Router()
  passport.serializeUser((user: Anything, done: Anything) => done(null, user.id))
  passport.deserializeUser((id: unknown, done: Anything) => done(null, { id }))
  const report: Kit['report'] = (request, response) => {
    const { user, member, account, authInfo } = request
    response.json({ user, member, account, authInfo, authenticated: request.isAuthenticated(), unauthenticated: request.isUnauthenticated() })
  }
  router.get('/plant', (request: Anything, response) => {
    const planted = new URL(request.url, 'http://same.invalid').searchParams
    for (const [key, value] of planted) {
      const [, outer, inner] = /^(\w+)\[(\w+)\]$/.exec(key) ?? []
      if (outer && inner) request.session[outer] = { [inner]: value }
      else request.session[key] = value
    }
    response.send('planted')
  })
  router.use(passport.initialize(), passport.session())
  const script: Kit['script'] = (name, decide) =>
    passport.use(name, {
      authenticate(request: Anything, options: Anything) {
        return decide(this, request, options)
      },
    })
  each.routes({ router, passport, script, report })
  router.get('/me', report)
  return router
}

/** What a visitor sees of a case, and what its session holds after each step. */
async function walk(site: Site, sessions: Sessions, index: number): Promise<Seen[]> {
  const visitor = new Visitor(site.origin)
  const seen: Seen[] = []
  for (const step of (CASES[index] as Case).steps) {
    const [path, sent] = typeof step === 'string' ? [step] : step
    const was = visitor.cookies.get(sessions.cookie)
    const { status, headers, text } = await visitor.go(`/${index}${path}`, sent)
    const is = visitor.cookies.get(sessions.cookie)
    const head = Object.fromEntries(['www-authenticate', 'content-type', 'content-length'].map((name) => [name, headers.get(name)]))
    seen.push({
      path,
      status,
      location: headers.get('location'),
      ...head,
      text,
      moved: was !== is,
      held: sessions.held(is),
      before: was === is ? 'same' : sessions.held(was),
    })
  }
  return seen
}

for (const [library, make] of Object.entries(LIBRARIES)) {
  describe(`as Passport does, on ${library}`, { skip: missing }, () => {
    const open: { sessions: Sessions; site: Site }[] = []
    before(async () => {
      for (const Passport of [original('passport').Passport, install().require('passport').Passport]) {
        const sessions = make()
        open.push({ sessions, site: await serve(Passport, sessions) })
      }
    })
    after(() => Promise.all(open.map(({ site }) => site.close())))

    for (const [index, { title, differs, only, ours: expected = {} }] of CASES.entries()) {
      if (only && only !== library) continue
      test(differs ? `${title} (but: ${differs})` : title, async () => {
        const [theirs, ours] = await Promise.all(open.map(({ site, sessions }) => walk(site, sessions, index)))
        if (differs) notDeepEqual(ours, theirs, 'The case is said to differ, and does not.')
        else deepEqual(ours, theirs)
        for (const [path, answer] of Object.entries(expected))
          partialDeepStrictEqual(
            ours?.findLast((step) => step.path === path),
            answer,
          )
      })
    }
  })
}

test('every difference says what, why, and how to get the old behaviour', () => {
  for (const [id, { what, why, back }] of Object.entries(DIFFERENCES)) ok(what && why && back, id)
  for (const { title, differs, ours } of CASES) ok(differs ? differs in DIFFERENCES : !ours, title)
})
