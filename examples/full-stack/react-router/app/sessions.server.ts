import { DatabaseSync } from 'node:sqlite'
import { InstarError, type Session, SessionManager } from 'instar'
import { withSession } from 'instar/adapters/web'
import { sqliteStore } from 'instar/stores/sqlite'
import { createContext, type MiddlewareFunction, type RouterContextProvider } from 'react-router'
import * as users from '../../../users.ts'

await users.add('ann', 'secret')

export const sessions = new SessionManager({ store: sqliteStore(new DatabaseSync(process.env.DATABASE ?? 'app.db')), origin: process.env.ORIGIN })
export const sessionContext = createContext<Session>()

const handle = withSession(sessions, (_request, session, context: Readonly<RouterContextProvider>, next: () => Promise<Response>) => {
  context.set(sessionContext, session)
  return next()
})
export const inSession: MiddlewareFunction<Response> = ({ request, context }, next) => handle(request, context, next)

/** Rethrows what the visitor may know of as a response, whose status React Router keeps; any other error it prints, and answers with 500. */
export const asResponse = (error: unknown): never => {
  throw error instanceof InstarError && error.expose ? error.getResponse() : error
}
