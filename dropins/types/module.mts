import express from 'express'
import session, { MemoryStore, type SessionData, Store } from 'express-session'
import type {} from 'express-session/more.js'

declare module 'express-session' {
  interface SessionData {
    user: { id: string }
  }
}

class OwnStore extends Store {
  override get(_sid: string, callback: (error: unknown, session?: SessionData | null) => void): void {
    callback(null)
  }
  override set(_sid: string, _session: SessionData, callback?: (error?: unknown) => void): void {
    callback?.()
  }
  override destroy(_sid: string, callback?: (error?: unknown) => void): void {
    callback?.()
  }
}

export const app = express()
app.use(session({ secret: 'keyboard cat', store: new OwnStore(), cookie: { secure: 'auto' }, identity: ['member.id'], serial: true }))
app.use(session({ secret: ['new', 'old'], store: new MemoryStore(), resave: false, saveUninitialized: false }))
app.post('/login', async (request, response) => {
  await request.session.regenerate()
  request.session.user = { id: 'ann' }
  request.session.save((error: unknown) => response.send(error ? 'failed' : request.sessionID))
})
