import { type RequestHandler, Router } from 'express'
import type { SessionManager } from 'instar'
import { requireUser } from 'instar/adapters/express'
import type { Account, Accounts } from '../accounts.ts'
import { csrfField } from '../form.ts'
import { HttpError } from '../http-error.ts'
import { adminPage } from '../pages/admin.ts'
import { showPage } from '../show-page.ts'

interface Parts {
  readonly accounts: Accounts
  readonly sessions: SessionManager
}

export function adminRoutes({ accounts, sessions }: Parts): Router {
  const router = Router()
  router.use('/admin', requireUser({ loginUrl: '/login' }), requireAdministrator)

  router.get('/admin', async (request, response) => {
    const countSessions = async (account: Account) => ({ account, sessions: (await sessions.list(account.id)).length })
    const lines = await Promise.all(accounts.list().map(countSessions))
    const self = await request.session.requireUser()
    await showPage(request, response, adminPage({ lines, self, csrf: csrfField(request) }))
  })

  router.post('/admin/accounts/:id/end-sessions', async (request, response) => {
    await sessions.revokeAll(existing(request.params.id).id)
    response.redirect(303, '/admin')
  })

  router.post('/admin/accounts/:id/disable', async (request, response) => {
    const { id } = existing(request.params.id)
    if (id === request.session.userId) throw new HttpError(422, 'You cannot disable your own account: nobody might be left to enable it.')
    accounts.disable(id)
    await sessions.revokeAll(id)
    response.redirect(303, '/admin')
  })

  router.post('/admin/accounts/:id/enable', (request, response) => {
    accounts.enable(existing(request.params.id).id)
    response.redirect(303, '/admin')
  })

  router.post('/admin/end-all-sessions', async (_request, response) => {
    await sessions.revokeEveryone()
    response.redirect(303, '/login')
  })

  function existing(id: string): Account {
    const account = accounts.find(id)
    if (!account) throw new HttpError(404, 'There is no such account.')
    return account
  }

  return router
}

const requireAdministrator: RequestHandler = async (request, _response, next) => {
  const account = await request.session.user()
  if (account?.role !== 'administrator') throw new HttpError(403, 'This page is for administrators.')
  next()
}
