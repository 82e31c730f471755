import { Router } from 'express'
import { requireUser } from 'instar/adapters/express'
import type { EventLog } from '../event-log.ts'
import { eventsPage } from '../pages/events.ts'
import { showPage } from '../show-page.ts'

export function eventRoutes(events: EventLog): Router {
  const router = Router()

  router.get('/events', requireUser({ loginUrl: '/login' }), async (request, response) => {
    const userId = await request.session.requireUser()
    await showPage(request, response, eventsPage(events.list(userId)))
  })

  return router
}
