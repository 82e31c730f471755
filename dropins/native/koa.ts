import { Authenticator, SessionManager, type Strategy } from 'instar'
import { instar, sessionOf } from 'instar/adapters/koa'
import { fromPassport, type StrategyRequest } from 'instar/compat/passport'
import { memoryStore } from 'instar/stores/memory'
import Koa, { type Context } from 'koa'
import OAuth2 from 'passport-oauth2'
import * as users from '../../examples/users.ts'

interface User {
  readonly id: string
}

// #region own
const password: Strategy<StrategyRequest, User> = {
  name: 'password',
  async authenticate({ body }) {
    const { name, password } = body as { name?: unknown; password?: unknown }
    const user = await users.verify(name, password)
    return user ? { type: 'success', user } : { type: 'failure', challenge: 'The name or the password is wrong.', status: 401 }
  },
}
// #endregion

/** The application, with a provider that speaks OAuth 2.0. */
export function makeApp(provider: { origin: string; clientId: string; clientSecret: string }): Koa {
  // #region passport
  const oauth = new OAuth2.Strategy(
    {
      authorizationURL: `${provider.origin}/authorize`,
      tokenURL: `${provider.origin}/token`,
      callbackURL: '/login/provider',
      clientID: provider.clientId,
      clientSecret: provider.clientSecret,
      state: true,
      pkce: true,
    },
    (_accessToken, _refreshToken, _profile, done) => done(null, { id: 'ann' }),
  )
  const authenticator = new Authenticator<StrategyRequest, User>().use(password).use(fromPassport(oauth, { name: 'provider', options: { scope: ['profile'] } }))
  // #endregion

  const app = new Koa()
  const sessions = new SessionManager<{ cart: string[] }>({ store: memoryStore() })
  app.use(instar(sessions))

  // #region login
  async function login(ctx: Context, name: 'password' | 'provider'): Promise<void> {
    const { method, url, protocol, headers, session } = ctx
    const result = await authenticator.authenticate(name, { method, url, protocol, headers, body: await form(ctx), session })
    switch (result.type) {
      case 'success':
        await session.login(result.user.id, { keep: ['cart'] })
        ctx.status = 303
        return ctx.redirect(session.returnTo('/'))
      case 'redirect':
        ctx.status = result.status
        return ctx.redirect(result.url)
      case 'failure':
        return ctx.throw(result.status ?? 401, 'That did not log you in.')
      case 'pass':
        return ctx.throw(401)
    }
  }
  // #endregion

  app.use(async (ctx) => {
    if (ctx.path === '/login/password' && ctx.method === 'POST') await login(ctx, 'password')
    else if (ctx.path === '/login/provider') await login(ctx, 'provider')
    else if (ctx.path === '/me') ctx.body = ctx.session.userId ?? 'nobody'
    else if (ctx.path === '/cart') {
      const session = sessionOf(sessions, ctx)
      session.update('cart', (cart = []) => [...cart, 'apple'])
      ctx.body = session.get('cart')
    }
  })
  return app
}

async function form(ctx: Context): Promise<{ [field: string]: string }> {
  let body = ''
  for await (const piece of ctx.req) body += piece
  return Object.fromEntries(new URLSearchParams(body))
}
