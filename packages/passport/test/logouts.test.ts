import { deepEqual, equal, notEqual, ok } from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Anything } from './case.ts'
import { missing } from './installed.ts'
import { gate, held, LIBRARIES, lateStore, login, on, POST, type Setup, without } from './rig.ts'
import { type Answer, Visitor } from './site.ts'

const FORMS: { readonly [form: string]: (request: Anything, response: Anything, next: Anything) => void } = {
  'that nobody awaits': (request, response) => {
    request.logout()
    response.redirect('/')
  },
  'by callback': (request, response, next) => request.logout((error: unknown) => (error ? next(error) : response.redirect('/'))),
  'that is awaited': async (request, response) => {
    await request.logout()
    response.redirect('/')
  },
}

/** An application whose `POST /leave` and `POST /enter` go on, with the session that they found, when they are let: `gates` has one for each such request, in order. */
function waiting(library: Anything, form: (typeof FORMS)[string]): { readonly setup: Setup; readonly gates: ReturnType<typeof gate>[] } {
  const gates: ReturnType<typeof gate>[] = []
  let requests = 0
  const before: Setup['before'] = ({ app }) =>
    app.use(['/leave', '/enter'], (_request, _response, next) => {
      void gates[requests++]?.pass().then(() => next())
    })
  const after: Setup['after'] = ({ app }) => {
    app.post('/leave', form)
    app.post('/enter', (request: Anything, response, next) => request.login({ id: 'bob' }, (error: unknown) => (error ? next(error) : response.send('in'))))
  }
  return { setup: { library, store: lateStore(library), before, after }, gates }
}

/** Sends a request and resolves when it has its session and waits. */
async function start(visitor: Visitor, path: string, gates: ReturnType<typeof gate>[]): Promise<{ readonly answer: Promise<Answer>; open(): void }> {
  const own = gate()
  gates.push(own)
  const answer = visitor.go(path, POST)
  await own.reached
  return { answer, open: own.open }
}

for (const [name, load] of Object.entries(LIBRARIES))
  for (const [form, leave] of Object.entries(FORMS))
    describe(`a logout ${form}, on ${name}`, { skip: missing }, () => {
      const library = missing ? undefined : load()

      for (const order of ['at once', 'one after another'])
        test(`three of one session, ${order}: none is an error`, () => {
          const { setup, gates } = waiting(library, leave)
          return on(setup, async (visitor, { origin }) => {
            await visitor.go(login('ann'), POST)
            const stolen = new Visitor(origin, visitor.cookies)
            const tabs = Array.from({ length: 3 }, () => new Visitor(origin, visitor.cookies))
            const begun = []
            for (const tab of tabs) begun.push(await start(tab, '/leave', gates))
            for (const { open, answer } of begun) {
              open()
              if (order !== 'at once') await answer
            }
            for (const { answer } of begun) equal((await answer).status, 302)
            for (const each of [...tabs, stolen]) equal((await each.go('/me')).text, 'nobody')
          })
        })

      for (const first of ['/enter', '/leave'])
        test(`beside a login of another tab, which is ${first === '/enter' ? 'before' : 'after'} it: neither is an error, and each tab is whom it asked to be`, () => {
          const { setup, gates } = waiting(library, leave)
          return on(setup, async (visitor, { origin, store }) => {
            await visitor.go(login('ann'), POST)
            const [one, other] = [new Visitor(origin, visitor.cookies), new Visitor(origin, visitor.cookies)]
            const entering = await start(one, '/enter', gates)
            const leaving = await start(other, '/leave', gates)
            for (const { open, answer } of first === '/enter' ? [entering, leaving] : [leaving, entering]) {
              open()
              await answer
            }
            deepEqual([(await entering.answer).status, (await leaving.answer).status], [200, 302])
            deepEqual([(await one.go('/me')).text, (await other.go('/me')).text, (await visitor.go('/me')).text], ['bob', 'nobody', 'nobody'])
            ok(!Object.values(store.sessions).some((stored) => /ann/.test(String(stored))))
          })
        })
    })

describe('a logout', { skip: missing }, () => {
  test('takes the user out of the session before that is saved, so that what cannot be ended is nobody’s', () =>
    on(
      {
        before: ({ app }) =>
          app.use((request: Anything, _response, next) => {
            const { regenerate } = request.session
            if (request.path === '/logout') Object.assign(Object.getPrototypeOf(request.session), { regenerate: (done: Anything) => done(new Error('no')) })
            request.res.on('finish', () => Object.assign(Object.getPrototypeOf(request.session), { regenerate }))
            next()
          }),
      },
      async (visitor) => {
        await visitor.go(login('ann'), POST)
        equal((await visitor.go('/logout', POST)).status, 500)
        equal((await visitor.go('/me')).text, 'nobody')
        deepEqual(without(held(await visitor.go('/session'))), { passport: {} })
      },
    ))

  test('with keepSessionInfo leaves behind secrets against forged requests, a path that leads elsewhere, and the login', () =>
    on(
      {
        after: ({ app }) =>
          app.post('/leave', (request: Anything, response) => {
            Object.assign(request.session, { cart: 'tea', csrfSecret: 'a', _csrf: 'b', returnTo: request.query.to })
            request.logout({ keepSessionInfo: true }, () => response.json(request.session))
          }),
      },
      async (visitor) => {
        await visitor.go(login('ann'), POST)
        const before = visitor.cookies.get('connect.sid')
        deepEqual(without(held(await visitor.go('/leave?to=//evil.example', POST))), { cart: 'tea', passport: {} })
        deepEqual(without(held(await visitor.go('/leave?to=/deep', POST))), { cart: 'tea', returnTo: '/deep', passport: {} })
        notEqual(visitor.cookies.get('connect.sid'), before)
      },
    ))
})
