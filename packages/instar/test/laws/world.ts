import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import express from 'express'
import { type Json, type Session, type SessionEvent, SessionManager, type SessionManagerOptions, type SessionStore } from 'instar'
import { instar, sessionOf } from 'instar/adapters/express-untyped'
import { memoryStore } from 'instar/stores/memory'
import { sqliteStore } from 'instar/stores/sqlite'
import { type GatedStore, gatedStore, TestBrowser, TestClock } from 'instar/testing'
import { listen, quietErrors } from '../adapters/harness.ts'

export type Data = { [key: string]: Json }
export interface User {
  readonly name: string
}
export type Act = (session: Session<Data, User>, query: URLSearchParams) => unknown

/** An application with people and a store under a test's control. Each path of `acts` runs its act and answers its result as JSON. */
export interface World {
  readonly store: GatedStore
  readonly clock: TestClock
  readonly sessions: SessionManager<Data, User>
  readonly events: SessionEvent[]
  readonly acts: { [path: string]: Act }
  /** Somebody with an empty cookie jar. */
  person(): TestBrowser
  /** The types of the events since the last call, but for hints to developers. */
  seen(): string[]
}

export const COMMON_ACTS: { readonly [path: string]: Act } = {
  '/who': (session) => session.userId,
  '/get': (session, query) => session.get(query.get('key') ?? '') ?? null,
  '/set': (session, query) => session.set(query.get('key') ?? '', query.get('value') ?? ''),
  '/login': async (session, query) => {
    await session.login(query.get('user') ?? 'victim', { keep: ['cart'] })
    return session.returnTo('/')
  },
  '/logout': (session, query) => session.logout({ everywhere: query.has('everywhere') }),
  '/elevate': (session) => session.elevate({ method: 'totp' }),
  '/level': (session) => session.level,
}

const stores: { readonly [name: string]: (now: () => number) => SessionStore } = {
  memory: (now) => memoryStore({ now }),
  SQLite: (now) => sqliteStore(new DatabaseSync(':memory:'), { now }),
}

/** An act that waits, once it is under way, until the test lets it go on. */
export function held(acts: World['acts'], path: string, act: Act): { readonly reached: Promise<void>; open(): void } {
  const reached = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  acts[path] = async (session, query) => {
    reached.resolve()
    await gate.promise
    return act(session, query)
  }
  return { reached: reached.promise, open: gate.resolve }
}

type Options = Partial<SessionManagerOptions<User>>

/** Runs a test over real HTTP on both stores. */
export function onBothStores(title: string, steps: (world: World) => Promise<void>, options: Options | ((world: World) => Options) = {}): void {
  for (const [name, open] of Object.entries(stores)) test(`${title} (${name})`, () => inWorld(open, options, steps))
}

export function law(number: number, words: string, tests: () => void): void {
  describe(`law ${number}: ${words}`, tests)
}

async function inWorld(
  open: (now: () => number) => SessionStore,
  options: Options | ((world: World) => Options),
  steps: (world: World) => Promise<void>,
): Promise<void> {
  const clock = new TestClock()
  const store = gatedStore(open(clock.now))
  const events: SessionEvent[] = []
  const acts = { ...COMMON_ACTS }
  const world = { store, clock, events, acts } as World
  const given = typeof options === 'function' ? options(world) : options
  const sessions = new SessionManager<Data, User>({ store, now: clock.now, onEvent: (event) => events.push(event), ...given })
  const app = express()
  app.use(instar(sessions))
  app.use(async (request, response) => {
    const result = await acts[request.path]?.(sessionOf(sessions, request), new URL(request.url, 'http://x').searchParams)
    response.json(result ?? null)
  })
  const server = await listen(quietErrors(app))
  let told = 0
  Object.assign(world, {
    sessions,
    person: () => new TestBrowser(server.origin),
    seen: () => {
      const fresh = events.slice(told).flatMap(({ type }) => (type.startsWith('development.') ? [] : type))
      told = events.length
      return fresh
    },
  })
  try {
    await steps(world)
  } finally {
    await server.close()
  }
}
