import type { ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import type { Gates } from './gates.ts'
import type { Recording } from './recording-store.ts'
import { type Json, revive } from './sequence.ts'
import type { Callback, Next, SessionLike, SessionRequest, Subject } from './subjects.ts'

/** What a handler has in hand while it does what a sequence says. */
export interface Scene {
  readonly subject: Subject
  readonly recording: Recording
  readonly request: SessionRequest
  readonly response: ServerResponse
  readonly next: Next
  readonly gates: Gates
  /** Sessions that the handler keeps aside, as code that holds on to one does. */
  readonly kept: { [name: string]: SessionLike }
  note(line: string): void
}

type Work = (scene: Scene, ...args: never[]) => unknown

/** A value as text; of an error only what it says, since stacks differ. */
export function shown(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}${'code' in value ? ` (${value.code})` : ''}`
  return inspect(value, { depth: 9, breakLength: Infinity, compact: true })
}

/** Null and undefined are the same to a callback, and so are missing arguments. */
function argumentsShown(args: readonly unknown[]): string {
  const last = args.findLastIndex((value) => value !== undefined && value !== null)
  return last === -1
    ? 'nothing'
    : args
        .slice(0, last + 1)
        .map((value) => (value === undefined ? 'null' : shown(value)))
        .join(', ')
}

const json = (value: unknown): string => JSON.stringify(value) ?? 'undefined'

const sessionOf = ({ request }: Scene): SessionLike => request.session as SessionLike

/** Waits for the callback and notes what it got. */
function awaited(scene: Scene, name: string, start: (callback: Callback) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    try {
      const before = scene.request.session
      const result = start((...args) => {
        scene.note(`${name} called back with ${argumentsShown(args)}; session ${scene.request.session === before ? 'as before' : 'replaced'}`)
        resolve()
      })
      if (result === before && before !== undefined) scene.note(`${name} returned the session`)
    } catch (error) {
      reject(error)
    }
  })
}

/** The object that a path ends in, and its last key. */
function place(scene: Scene, path: string): [holder: { [key: string]: unknown }, key: string] {
  const keys = path.split('.')
  const last = keys.pop() as string
  let holder: { [key: string]: unknown } = sessionOf(scene)
  for (const key of keys) holder = (holder[key] ??= {}) as { [key: string]: unknown }
  return [holder, last]
}

export const operations = {
  // Data.
  read: (scene, key: string) => scene.note(`${key} is ${json(sessionOf(scene)[key])}`),
  set(scene, path: string, value: Json) {
    const [holder, key] = place(scene, path)
    holder[key] = revive(value)
  },
  push(scene, path: string, value: Json) {
    const [holder, key] = place(scene, path)
    ;((holder[key] ??= []) as unknown[]).push(value)
  },
  count(scene, path: string) {
    const [holder, key] = place(scene, path)
    holder[key] = Number(holder[key] ?? 0) + 1
    scene.note(`${path} counts ${holder[key]}`)
  },
  remove(scene, path: string) {
    const [holder, key] = place(scene, path)
    delete holder[key]
  },
  assign: (scene, values: { [key: string]: Json }) => Object.assign(sessionOf(scene), values),
  setToNull(scene) {
    scene.request.session = null
  },
  setToUndefined(scene) {
    ;(scene.request as { session: unknown }).session = undefined
  },
  deleteSession(scene) {
    delete (scene.request as { session?: unknown }).session
  },
  circular(scene) {
    sessionOf(scene)['self'] = sessionOf(scene)
  },
  setId(scene, id: string) {
    ;(scene.request as { sessionID: unknown }).sessionID = id
  },
  setSessionId(scene, id: string) {
    try {
      ;(sessionOf(scene) as { id: unknown }).id = id
    } catch (error) {
      scene.note(`setting id threw ${(error as Error).name}`)
    }
    scene.note(`id is ${sessionOf(scene).id}`)
  },

  // The cookie.
  cookie(scene, attribute: string, value: Json) {
    sessionOf(scene).cookie[attribute] = revive(value)
  },
  cookieRemove: (scene, attribute: string) => delete sessionOf(scene).cookie[attribute],
  cookieReplace(scene, value: Json) {
    sessionOf(scene).cookie = revive(value) as { [attribute: string]: unknown }
  },
  touch: (scene) => scene.note(`touch returned ${sessionOf(scene).touch() === scene.request.session ? 'the session' : 'another'}`),
  resetMaxAge: (scene) => scene.note(`resetMaxAge returned ${sessionOf(scene).resetMaxAge() === scene.request.session ? 'the session' : 'another'}`),

  // The session's methods.
  save: (scene) => awaited(scene, 'save', (callback) => sessionOf(scene).save(callback)),
  saveAway: (scene) => void sessionOf(scene).save(),
  reload: (scene) => awaited(scene, 'reload', (callback) => sessionOf(scene).reload(callback)),
  regenerate: (scene) => awaited(scene, 'regenerate', (callback) => sessionOf(scene).regenerate(callback)),
  destroy: (scene) => awaited(scene, 'destroy', (callback) => sessionOf(scene).destroy(callback)),
  destroyAway: (scene) => void sessionOf(scene).destroy(),
  keep(scene, name: string) {
    scene.kept[name] = sessionOf(scene)
  },
  saveKept: (scene, name: string) => awaited(scene, 'save of a kept session', (callback) => (scene.kept[name] as SessionLike).save(callback)),
  setKept(scene, name: string, key: string, value: Json) {
    ;(scene.kept[name] as SessionLike)[key] = value
  },
  destroyKept: (scene, name: string) => awaited(scene, 'destroy of a kept session', (callback) => (scene.kept[name] as SessionLike).destroy(callback)),
  replaceSave(scene) {
    const session = sessionOf(scene)
    const { save } = session
    session.save = function (this: SessionLike, callback?: Callback) {
      scene.note('the replaced save ran')
      return save.call(this, callback)
    }
  },

  // The store.
  storeGet: (scene, id?: string) =>
    awaited(scene, 'store.get', (callback) => scene.request.sessionStore.get(id ?? (scene.request.sessionID as string), callback)),
  storeSet: (scene, id: string, session: Json) => awaited(scene, 'store.set', (callback) => scene.request.sessionStore.set(id, revive(session), callback)),
  storeSetOwn: (scene) =>
    awaited(scene, 'store.set', (callback) => scene.request.sessionStore.set(scene.request.sessionID as string, scene.request.session, callback)),
  storeDestroy: (scene, id?: string) =>
    awaited(scene, 'store.destroy', (callback) => scene.request.sessionStore.destroy(id ?? (scene.request.sessionID as string), callback)),
  storeTouch: (scene) =>
    scene.request.session &&
    scene.request.sessionStore.touch &&
    awaited(scene, 'store.touch', (callback) => scene.request.sessionStore.touch?.(scene.request.sessionID as string, scene.request.session, callback)),
  storeAll: (scene) => awaited(scene, 'store.all', (callback) => scene.request.sessionStore.all?.(callback)),
  storeLength: (scene) => awaited(scene, 'store.length', (callback) => scene.request.sessionStore.length?.(callback)),
  storeClear: (scene) => awaited(scene, 'store.clear', (callback) => scene.request.sessionStore.clear?.(callback)),
  storeLoad: (scene, id?: string) =>
    awaited(scene, 'store.load', (callback) => {
      scene.request.sessionStore.load(id ?? (scene.request.sessionID as string), (error, session) =>
        callback(
          error,
          session === undefined ? undefined : { json: json(session), id: session.id, isSession: session instanceof scene.subject.session.Session },
        ),
      )
    }),
  storeGenerate(scene) {
    scene.request.sessionStore.generate(scene.request)
    scene.note('generated')
  },
  storeRegenerate: (scene) => awaited(scene, 'store.regenerate', (callback) => scene.request.sessionStore.regenerate(scene.request, callback)),
  storeCreate(scene, data: Json) {
    const target = { sessionID: 'made-by-hand', sessionStore: scene.request.sessionStore } as unknown as SessionRequest
    const session = scene.request.sessionStore.createSession(target, revive(data) as object)
    scene.note(
      `created ${json(session)} with id ${session.id}; on the request: ${target.session === session}; maxAge ${session.cookie['maxAge']}, original ${session.cookie['originalMaxAge']}`,
    )
  },
  storeCreateHere(scene, data: Json) {
    scene.request.sessionStore.createSession(scene.request, revive(data) as object)
  },

  // What can be seen.
  see(scene) {
    const { request, note } = scene
    const session = request.session
    note(
      `sessionID ${request.sessionID}, session ${session === null ? 'null' : typeof session}, store ${request.sessionStore === scene.recording.store ? 'the given' : typeof request.sessionStore}`,
    )
    if (!session) return
    note(`id ${session.id === request.sessionID ? 'the same' : session.id}; keys ${Object.keys(session)}; json ${json(session)}`)
  },
  seeCookie(scene) {
    const { cookie } = sessionOf(scene)
    note(scene, 'cookie', json(cookie))
    for (const key of [
      'maxAge',
      'originalMaxAge',
      'expires',
      '_expires',
      'secure',
      'httpOnly',
      'path',
      'domain',
      'sameSite',
      'partitioned',
      'priority',
      'data',
    ])
      note(scene, `cookie.${key}`, shown(cookie[key]))
    note(scene, 'cookie keys', String(Object.keys(cookie).sort()))
    note(scene, 'serialized', String((cookie as { serialize?: (name: string, value: string) => string }).serialize?.('name', 'value')))
  },
  seeShape(scene) {
    const session = sessionOf(scene)
    const { Session, Cookie } = scene.subject.session
    note(scene, 'instance', `${session instanceof Session}, cookie ${session.cookie instanceof Cookie}`)
    note(scene, 'for in', String(Object.entries(session).map(([key]) => key)))
    for (const key of ['id', 'req', 'cookie', 'touch', 'save', 'reload', 'regenerate', 'destroy', 'resetMaxAge'])
      note(scene, key, `${key in session}, ${typeof session[key]}, enumerable ${Object.prototype.propertyIsEnumerable.call(session, key)}`)
    note(scene, 'req', String(session['req'] === scene.request))
    note(scene, 'spread', String(Object.keys({ ...session })))
  },
  seeHead: (scene) => note(scene, 'head', `sent ${scene.response.headersSent}, set-cookie ${json(scene.response.getHeader('set-cookie'))}`),
  seeWarned: (scene) => note(scene, 'signed', json((scene.request as { signedCookies?: unknown }).signedCookies)),

  // The response.
  header: (scene, name: string, value: Json) => void scene.response.setHeader(name, value as string | string[]),
  status(scene, status: number) {
    scene.response.statusCode = status
  },
  write: (scene, text: string) => void scene.response.write(text),
  flush: (scene) => scene.response.flushHeaders(),
  throwHere() {
    throw new Error('the handler threw')
  },

  // The order of requests.
  wait: (scene, gate: string) => scene.gates.passed(gate),
  open: (scene, gate: string) => scene.gates.open(gate),
  release: (scene) => scene.recording.release(),
  turn: () => new Promise((resolve) => setImmediate(resolve)),
} satisfies { readonly [name: string]: Work }

function note(scene: Scene, what: string, value: string): void {
  scene.note(`${what}: ${value}`)
}

export type OperationName = keyof typeof operations

/** Does an operation; what it throws is noted, and the handler goes on. */
export async function operate(scene: Scene, [name, ...args]: readonly [OperationName, ...Json[]]): Promise<void> {
  try {
    await (operations[name] as (scene: Scene, ...args: readonly Json[]) => unknown)(scene, ...args)
  } catch (error) {
    if (name === 'throwHere') throw error
    scene.note(`${name} threw ${shown(error)}`)
  }
}
