import { type Request, Router } from 'express'
import { type Account, type Accounts, usernameProblem } from '../accounts.ts'
import { csrfField, field } from '../form.ts'
import { loginPage, registerPage } from '../pages/login.ts'
import { passwordProblem } from '../passwords.ts'
import { showPage } from '../show-page.ts'

export function loginRoutes(accounts: Accounts): Router {
  const router = Router()

  router.get('/login', (request, response) => showPage(request, response, loginPage({ csrf: csrfField(request) })))

  router.post('/login', async (request, response) => {
    const account = await accounts.verify(field(request, 'username'), field(request, 'password'))
    if (!account) return showPage(request, response, loginPage({ ...typed(request), problem: 'The name or the password is wrong.' }), 401)
    await logIn(request, account)
    response.redirect(303, request.session.returnTo('/'))
  })

  router.get('/register', (request, response) => showPage(request, response, registerPage({ csrf: csrfField(request) })))

  router.post('/register', async (request, response) => {
    const username = field(request, 'username')
    const password = field(request, 'password')
    const problem = usernameProblem(username) ?? passwordProblem(password)
    if (problem) return showPage(request, response, registerPage({ ...typed(request), problem }), 422)
    const account = await accounts.create(username, password)
    if (!account) return showPage(request, response, registerPage({ ...typed(request), problem: 'That name is taken. Choose another one.' }), 409)
    await logIn(request, account)
    response.redirect(303, request.session.returnTo('/'))
  })

  router.post('/logout', async (request, response) => {
    await request.session.logout({ everywhere: field(request, 'everywhere') === '1' })
    if (request.secure) response.set('Clear-Site-Data', '"cache", "storage"')
    response.redirect(303, '/')
  })

  return router
}

async function logIn(request: Request, { id, stamp }: Account): Promise<void> {
  await request.session.login(id, { method: 'password', stamp, keep: ['cart'], remember: wantsToBeRemembered(request) })
}

const wantsToBeRemembered = (request: Request): boolean => field(request, 'remember') !== ''

/** What a form that failed shows again: everything but the password. */
function typed(request: Request) {
  return { csrf: csrfField(request), username: field(request, 'username'), remember: wantsToBeRemembered(request) }
}
