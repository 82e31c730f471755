import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { instar, sessionOf } from 'instar/adapters/hono'
import type { Bank } from './bank.ts'
import { openSessions } from './instar-sessions.ts'
import { visitOf } from './instar-visit.ts'
import { routesOf } from './routes.ts'
import type { Built, Listener } from './stack.ts'

/** Instar on Hono, with no option but its store. */
export function build(bank: Bank, origin: string): Built {
  const { sessions, rows } = openSessions(origin)
  const app = new Hono()
  app.use(instar(sessions))
  for (const { method, path, answer } of routesOf(bank))
    app[method](path, async (c) => {
      const body = method === 'post' ? Object.fromEntries(new URLSearchParams(await c.req.text())) : {}
      const answered = await answer(visitOf(sessionOf(sessions, c)), { query: c.req.query(), body })
      if ('redirect' in answered) return c.redirect(answered.redirect, 303)
      return c.html(answered.html, (answered.status ?? 200) as 200)
    })
  return { listener: getRequestListener(app.fetch) as Listener, rows }
}
