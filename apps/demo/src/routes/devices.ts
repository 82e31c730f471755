import { Router } from 'express'
import type { SessionManager } from 'instar'
import { requireUser } from 'instar/adapters/express'
import { csrfField } from '../form.ts'
import { devicesPage } from '../pages/devices.ts'
import { showPage } from '../show-page.ts'

export function deviceRoutes(sessions: SessionManager): Router {
  const router = Router()
  router.use('/devices', requireUser({ loginUrl: '/login' }))

  router.get('/devices', async (request, response) => {
    const { userId, handle } = request.session
    const page = devicesPage({ sessions: await sessions.list(userId), current: handle, csrf: csrfField(request) })
    await showPage(request, response, page)
  })

  router.post('/devices/revoke-others', async (request, response) => {
    const count = await sessions.revokeOthers(request.session)
    request.session.flash('notice', count === 1 ? 'One other session was ended.' : `${count} other sessions were ended.`)
    response.redirect(303, '/devices')
  })

  router.post('/devices/:handle/revoke', async (request, response) => {
    const { session, params } = request
    if (params.handle === session.handle) await session.logout()
    else {
      const revoked = await sessions.revoke(await session.requireUser(), params.handle)
      session.flash('notice', revoked ? 'The session was ended.' : 'That session had already ended.')
    }
    response.redirect(303, '/devices')
  })

  return router
}
