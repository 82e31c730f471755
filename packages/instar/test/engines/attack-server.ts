// One of two processes of an application, on one store: a test holds its handlers and its store's operations, sets its clock and hears its events.
import express from 'express'
import { SessionManager, type SessionStore } from 'instar'
import { instar, sessionOf } from 'instar/adapters/express-untyped'
import { type Gate, gatedStore, TestClock } from 'instar/testing'
import { listen, quietErrors } from '../adapters/harness.ts'
import { type Act, COMMON_ACTS, type Data } from '../laws/world.ts'
import { answerQuestions } from '../model/remote.ts'
import { openStore, type Place } from './drivers.ts'

const place: Place = JSON.parse(process.argv[2] ?? '')
const clock = new TestClock()
const { store: opened } = await openStore(place, clock.now)
const store = gatedStore(opened)
const gates: Gate[] = []
let events: string[] = []
let handlerGate: { left: number; readonly reached: () => void; readonly passed: Promise<void> } | undefined

const acts: { readonly [path: string]: Act } = {
  ...COMMON_ACTS,
  '/count': (session, query) => {
    session.update('n', (n) => ((n as number | undefined) ?? 0) + 1)
    session.set(query.get('key') ?? '', true)
  },
}

const sessions = new SessionManager<Data>({
  store,
  now: clock.now,
  onEvent: ({ type }) => {
    if (!type.startsWith('development.')) events.push(type)
  },
})

const app = express()
app.use(instar(sessions))
app.use(async (request, response) => {
  const { searchParams } = new URL(request.url, 'http://x')
  const session = sessionOf(sessions, request)
  if (searchParams.has('held')) await atHandlerGate()
  const result = await acts[request.path]?.(session as never, searchParams)
  response.json(result ?? null)
})
const { origin } = await listen(quietErrors(app))

async function atHandlerGate(): Promise<void> {
  const gate = handlerGate
  if (gate && --gate.left === 0) gate.reached()
  await gate?.passed
}

const questions = {
  origin: () => origin,
  setClock: (time: number) => {
    clock.time = time
  },
  hold: (operation: keyof SessionStore, when: 'before' | 'after') => gates.push(store.hold(operation, when)) - 1,
  /** Holds requests that ask to be held, until so many have come. */
  holdHandlers: (count: number) => {
    const [reached, passed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    handlerGate = { left: count, reached: reached.resolve, passed: passed.promise }
    return gates.push({ reached: reached.promise, open: passed.resolve, fail: passed.reject }) - 1
  },
  reached: (gate: number) => gates[gate]?.reached,
  open: (gate: number) => gates[gate]?.open(),
  loseAnswer: (gate: number) => gates[gate]?.fail(new Error('The answer of the store was lost.')),
  /** Opens what a failed test left closed. */
  openAll: () => {
    for (const gate of gates) gate.open()
  },
  list: (userId: string) => sessions.list(userId),
  revoke: (userId: string, handle: string) => sessions.revoke(userId, handle),
  revokeAll: (userId: string) => sessions.revokeAll(userId),
  revokeEveryone: () => sessions.revokeEveryone(),
  /** The types of the events since it was last asked. */
  seen: () => events.splice(0),
}

export type AttackQuestions = typeof questions

events = []
answerQuestions(questions)
