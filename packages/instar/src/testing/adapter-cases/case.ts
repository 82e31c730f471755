import type { SessionEvent } from '../../core/events.ts'
import type { Session } from '../../core/session.ts'
import { SessionManager, type SessionManagerOptions } from '../../core/session-manager.ts'
import type { AdapterAnswer, AdapterHandler, AdapterStart, AdapterSubject, Data } from '../adapter-subject.ts'
import { TestBrowser } from '../browser.ts'
import type { ConformanceCase } from '../check.ts'
import { type GatedStore, gatedStore } from '../gated-store.ts'

export type Routes = { readonly [path: string]: AdapterHandler }

export interface World {
  readonly browser: TestBrowser
  readonly store: GatedStore
  readonly events: SessionEvent[]
  readonly subject: AdapterSubject
}

interface Settings extends AdapterStart {
  /** Options of the manager beyond its store. */
  readonly manager?: Partial<SessionManagerOptions<unknown>>
}

export const LOGIN = '__Host-Http-sid'
export const ANONYMOUS = '__Host-Http-pre'

/** An answer of plain text. */
export const text = (body: string, more: AdapterAnswer = {}): AdapterAnswer => ({ headers: { 'content-type': 'text/plain' }, body, ...more })

/** A handler that writes something and answers. */
export const storing =
  (answer: AdapterAnswer): AdapterHandler =>
  (session: Session<Data, unknown>) => {
    session.set('x', 1)
    return answer
  }

/** A body that is streamed; functions among its pieces are called in their turn. */
export async function* pieces(...parts: (string | (() => unknown))[]): AsyncGenerator<string> {
  for (const part of parts) {
    if (typeof part === 'string') yield part
    else await part()
  }
}

const COMMON: Routes = {
  '/who': (session) => text(session.userId ?? 'nobody'),
  '/static': () => text('static'),
  '/login': async (session) => {
    await session.login('ann', { keep: ['cart'] })
    return text('welcome')
  },
  '/logout': async (session) => {
    await session.logout()
    return text('bye')
  },
  '/cart': (session) => {
    if (session.has('cart')) return text(JSON.stringify(session.get('cart')))
    session.set('cart', ['tea'])
    return text('stored')
  },
}

/** A case whose server has the common routes and its own. */
export function testCase(
  title: string,
  routes: Routes,
  steps: (world: World) => Promise<void>,
  { manager = {}, ...start }: Settings = {},
): ConformanceCase<AdapterSubject> {
  return {
    title,
    async check(subject) {
      const store = gatedStore(subject.openStore())
      const events: SessionEvent[] = []
      const sessions = new SessionManager<Data, unknown>({ ...manager, store, onEvent: (event) => events.push(event) })
      const all: Routes = { ...COMMON, ...routes }
      const handler: AdapterHandler = (session, request) => all[request.path]?.(session, request) ?? text('nothing here', { status: 404 })
      const server = await subject.start(sessions, handler, start)
      try {
        await steps({ browser: new TestBrowser(server.origin, undefined, server.fetch), store, events, subject })
      } finally {
        await server.close()
      }
    },
  }
}
