import { type RequestHandler, Router } from 'express'
import type { ProviderAddresses } from '../world/provider.ts'
import { bagOf } from './session-habits.ts'

/** A login by a provider as it is written by hand: whatever code comes back is believed, whoever it was that began. */
export function providerByHand({ authorize, token }: ProviderAddresses, origin: string): RequestHandler {
  const callback = `${origin}/login/callback`
  const router = Router()
  router.get('/login/provider', (_, response) => {
    response.redirect(`${authorize}?${new URLSearchParams({ response_type: 'code', client_id: 'bank', redirect_uri: callback })}`)
  })
  router.get('/login/callback', async (request, response, next) => {
    try {
      const body = new URLSearchParams({ grant_type: 'authorization_code', code: String(request.query['code']), redirect_uri: callback })
      const answer = await fetch(token, { method: 'POST', body })
      if (!answer.ok) return response.redirect('/login')
      bagOf(request).user = ((await answer.json()) as { access_token: string }).access_token
      response.redirect('/account')
    } catch (error) {
      next(error)
    }
  })
  return router
}
