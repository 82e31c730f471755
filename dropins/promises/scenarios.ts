import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TestBrowser } from 'instar/testing'
import { requireHere, type SessionFunction, type SessionRequest } from '../differential/subjects.ts'

/** What a scenario runs on: a library, and its options with a store. */
export interface Place {
  readonly session: SessionFunction
  readonly options: { readonly [option: string]: unknown }
  /** Holds what the store writes next, until `open`. */
  hold(): { readonly reached: Promise<void>; open(): void }
  /** Lets the store refuse every write. */
  refuse(): void
}

type Route = (
  request: SessionRequest & { readonly query: { readonly [name: string]: string } },
  response: { send(body: string): void; redirect(path: string): void },
) => unknown

const COMMON: { readonly [path: string]: Route } = {
  '/who': ({ session }, response) => response.send((session?.['user'] as { id: string } | undefined)?.id ?? 'nobody'),
  '/start': ({ session }, response) => {
    if (session) session['cart'] = ['tea']
    response.send('started')
  },
  '/login': ({ session }, response) => {
    if (session) session['user'] = { id: 'ann' }
    response.redirect('/')
  },
  '/logout': ({ session }, response) => session?.destroy(() => response.send('bye')),
}

/** An application of these routes, for as long as the steps take. */
export async function serving<Result>(
  { session, options }: Place,
  routes: { readonly [path: string]: Route },
  steps: (browser: TestBrowser) => Promise<Result>,
): Promise<Result> {
  const express = requireHere('express')
  const app = express()
  app.set('env', 'test')
  app.use(session({ secret: 'keyboard cat', resave: false, saveUninitialized: false, cookie: { sameSite: 'lax' }, ...options }))
  for (const [path, route] of Object.entries({ ...COMMON, ...routes })) app.all(path, route)
  app.use(
    (
      error: unknown,
      _request: unknown,
      response: { headersSent: boolean; status(code: number): { send(body: string): void } },
      next: (error: unknown) => void,
    ) => {
      if (response.headersSent) next(error)
      else response.status(500).send('failed')
    },
  )
  const server = createServer(app)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await steps(new TestBrowser(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

/** A route that waits until `open`, and then does its work. */
function slow(work: Route): { readonly route: Route; readonly entered: Promise<void>; open(): void } {
  const entered = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  const route: Route = async (request, response) => {
    entered.resolve()
    await opened.promise
    return work(request, response)
  }
  return { route, entered: entered.promise, open: opened.resolve }
}

async function resurrection(place: Place, work: Route): Promise<string> {
  const late = slow(work)
  return serving(place, { '/slow': late.route }, async (browser) => {
    await browser.post('/login')
    const copy = browser.copy()
    const answer = copy.sendOnly('/slow')
    await late.entered
    await browser.post('/logout')
    late.open()
    await answer
    return (await copy.send('/who')).body === 'ann' ? 'logged in again' : 'stays ended'
  })
}

async function parallel(
  place: Place,
  write: (session: { [key: string]: unknown }, n: number) => void,
  count: (session: { [key: string]: unknown }) => number,
  options = {},
): Promise<string> {
  const everybody = Promise.withResolvers<void>()
  let waiting = 0
  const add: Route = async ({ session, query }, response) => {
    const before = { ...session }
    if (++waiting === 10 || 'serial' in options) everybody.resolve()
    await everybody.promise
    write(Object.assign(session ?? {}, 'serial' in options ? {} : { views: before['views'] }), Number(query['n']))
    response.send('done')
  }
  const counted: Route = ({ session }, response) => response.send(String(count(session ?? {})))
  return serving({ ...place, options: { ...place.options, ...options } }, { '/add': add, '/counted': counted }, async (browser) => {
    await browser.send('/start')
    await Promise.all(Array.from({ length: 10 }, (_, n) => browser.sendOnly(`/add?n=${n}`)))
    return `${(await browser.send('/counted')).body} of 10`
  })
}

export interface Scenario {
  readonly title: string
  readonly run: (place: Place) => Promise<string>
}

export const scenarios: readonly Scenario[] = [
  {
    title: 'a planted id, after `req.session.user = …` with no `regenerate`',
    run: (place) =>
      serving(place, {}, async (browser) => {
        await browser.send('/start')
        const planted = browser.copy()
        await browser.post('/login')
        return (await planted.send('/who')).body === 'ann' ? 'logged in' : 'worth nothing'
      }),
  },
  {
    title: 'a slow request that writes, and ends after the logout',
    run: (place) =>
      resurrection(place, ({ session }, response) => {
        if (session) session['late'] = true
        response.send('done')
      }),
  },
  {
    title: 'a slow request that only reads, with `resave: true`',
    run: (place) => resurrection({ ...place, options: { ...place.options, resave: true } }, (_request, response) => response.send('done')),
  },
  {
    title: 'ten parallel requests that write ten keys',
    run: (place) =>
      parallel(
        place,
        (session, n) => {
          session[`key${n}`] = true
        },
        (session) => Object.keys(session).filter((key) => key.startsWith('key')).length,
      ),
  },
  {
    title: 'ten parallel increments of one key',
    run: (place) =>
      parallel(
        place,
        (session) => {
          session['views'] = Number(session['views'] ?? 0) + 1
        },
        (session) => Number(session['views']),
      ),
  },
  {
    title: 'a redirect while the session is being stored',
    run: (place) =>
      serving(place, {}, async (browser) => {
        const gate = place.hold()
        const head = fetch(`${browser.origin}/login`, { method: 'POST', redirect: 'manual' })
        await gate.reached
        for (let others = 0; others < 5; others++) await browser.another().send('/who')
        const isTold = await Promise.race([head.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))])
        gate.open()
        await (await head).text()
        return isTold ? 'told before it is stored' : 'told when it is stored'
      }),
  },
  {
    title: 'a login that the store refuses',
    run: (place) =>
      serving(place, {}, async (browser) => {
        place.refuse()
        const { status, setCookie } = await browser.post('/login')
        return `${status}${setCookie.length > 0 ? ' and a cookie' : ', no cookie'}`
      }),
  },
]

/** The same increments, where requests of one session follow each other. */
export const serialIncrements = (place: Place): Promise<string> =>
  parallel(
    place,
    (session) => {
      session['views'] = Number(session['views'] ?? 0) + 1
    },
    (session) => Number(session['views']),
    { serial: true },
  )
