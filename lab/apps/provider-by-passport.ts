import { type RequestHandler, Router } from 'express'
import type { PassportStatic } from 'passport'
import { Strategy } from 'passport-oauth2'
import type { ProviderAddresses } from '../world/provider.ts'

type Done = (error: unknown, user?: object) => void

/** A login by a provider with passport-oauth2. Without `state`, as it is when nobody says otherwise, a callback is believed whoever began; with it only by the session that did. */
export function providerByPassport(
  passport: InstanceType<PassportStatic['Passport']>,
  { authorize, token }: ProviderAddresses,
  origin: string,
  state: boolean,
): RequestHandler {
  const options = { authorizationURL: authorize, tokenURL: token, clientID: 'bank', clientSecret: 'secret', callbackURL: `${origin}/login/callback`, state }
  passport.use(new Strategy(options, (user: string, _refreshToken: string, _profile: object, done: Done) => done(null, { id: user })))
  const router = Router()
  router.get('/login/provider', passport.authenticate('oauth2'))
  router.get('/login/callback', passport.authenticate('oauth2', { successRedirect: '/account', failureRedirect: '/login' }))
  return router
}
