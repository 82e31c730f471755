import { type Request, Router } from 'express'
import type { SessionManager } from 'instar'
import { requireFresh, requireUser } from 'instar/adapters/express'
import type { Account, Accounts } from '../accounts.ts'
import { csrfField, field } from '../form.ts'
import { accountPage, confirmPage } from '../pages/account.ts'
import { passwordProblem } from '../passwords.ts'
import { showPage } from '../show-page.ts'

interface Parts {
  readonly accounts: Accounts
  readonly sessions: SessionManager
}

export function accountRoutes({ accounts, sessions }: Parts): Router {
  const router = Router()
  router.use(['/account', '/confirm'], requireUser({ loginUrl: '/login' }))
  router.use('/account', requireFresh({ maxAge: '10m', confirmUrl: '/confirm' }))

  router.get('/account', async (request, response) => {
    await showPage(request, response, accountPage({ account: await ownAccount(request), csrf: csrfField(request) }))
  })

  router.post('/account/password', async (request, response) => {
    const account = await ownAccount(request)
    const refuse = (problem: string) => showPage(request, response, accountPage({ account, csrf: csrfField(request), problem }), 422)
    const password = field(request, 'password')
    const problem = passwordProblem(password)
    if (problem) return refuse(problem)
    const verified = await accounts.verify(account.username, field(request, 'current'))
    if (!verified) return refuse('The current password is wrong.')
    const changed = await accounts.changePassword(verified, password)
    if (!changed) return refuse('The account was changed meanwhile. Try again.')
    await logInAgain(request, changed)
    request.session.flash('notice', 'The password was changed, and your other sessions were ended.')
    response.redirect(303, '/account')
  })

  router.get('/confirm', async (request, response) => {
    await showPage(request, response, confirmPage({ account: await ownAccount(request), csrf: csrfField(request) }))
  })

  router.post('/confirm', async (request, response) => {
    const account = await ownAccount(request)
    if (!(await accounts.verify(account.username, field(request, 'password')))) {
      return showPage(request, response, confirmPage({ account, csrf: csrfField(request), problem: 'The password is wrong.' }), 422)
    }
    await request.session.elevate({ method: 'password' })
    response.redirect(303, request.session.returnTo('/account'))
  })

  /** The new stamp has ended every session, this one too: only a login made with it goes on. */
  async function logInAgain({ session }: Request, { id, stamp }: Account): Promise<void> {
    await session.login(id, { method: 'password', stamp, keep: ['cart'], remember: session.remember })
    await sessions.revokeOthers(session)
  }

  return router
}

/** The account behind the session, as `requireUser` has let it pass. */
async function ownAccount({ session }: Request): Promise<Account> {
  return (await session.user()) as Account
}
