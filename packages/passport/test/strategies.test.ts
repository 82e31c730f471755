import { deepEqual, equal, match, notEqual } from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import express, { type Express } from 'express'
import type { Anything } from './case.ts'
import { startIdentityProvider } from './identity-provider.ts'
import { install, missing, original } from './installed.ts'
import { CLIENT, type Provider, startProvider } from './provider.ts'
import { type Answer, listen, Visitor } from './site.ts'

const { Passport } = missing ? {} : install().require('passport')

/** An application with sessions, `GET /me` and what `routes` adds, by a Passport of its own. */
async function on(routes: (app: Express, passport: Anything, origin: string) => void, steps: (visitor: Visitor) => Promise<void>): Promise<void> {
  const app = express().set('env', 'test') // Errors are answered and not printed.
  const passport = new Passport()
  passport.serializeUser((user: Anything, done: Anything) => done(null, user))
  passport.deserializeUser((user: Anything, done: Anything) => done(null, user))
  app.use(original('express-session')({ secret: 'x', resave: false, saveUninitialized: false }), express.urlencoded({ extended: false }))
  app.use(original('connect-flash')(), passport.initialize(), passport.session())
  app.get('/me', (request: Anything, response) => void response.json(request.user ?? null))
  const { origin, close } = await listen(app)
  routes(app, passport, origin)
  try {
    await steps(new Visitor(origin))
  } finally {
    await close()
  }
}

const me = async (visitor: Visitor): Promise<unknown> => JSON.parse((await visitor.go('/me')).text)
const location = (answer: Answer): string => answer.headers.get('location') as string
const echo = (request: Anything, response: Anything): void => response.json(request.user)

describe('strategies that ask the request alone', { skip: missing }, () => {
  test('passport-local', () =>
    on(
      (app, passport) => {
        const { Strategy } = original('passport-local')
        passport.use(
          new Strategy({ passReqToCallback: true }, (request: Anything, name: string, password: string, done: Anything) =>
            done(null, password === 'right' ? { name, path: request.path } : false, { message: 'The name or the password is wrong.' }),
          ),
        )
        app.post('/login', passport.authenticate('local', { successRedirect: '/me', failureRedirect: '/login', failureFlash: true }))
        app.get('/login', (request: Anything, response) => void response.json(request.flash('error')))
      },
      async (visitor) => {
        equal(location(await visitor.go('/login', { form: { username: 'ann', password: 'wrong' } })), '/login')
        deepEqual(JSON.parse((await visitor.go('/login')).text), ['The name or the password is wrong.'])
        equal(location(await visitor.go('/login', { form: { username: 'ann' } })), '/login')
        deepEqual(JSON.parse((await visitor.go('/login')).text), ['Missing credentials'])
        equal(await me(visitor), null)
        equal(location(await visitor.go('/login', { form: { username: 'ann', password: 'right' } })), '/me')
        deepEqual(await me(visitor), { name: 'ann', path: '/login' })
      },
    ))

  test('passport-http: Basic', () =>
    on(
      (app, passport) => {
        const { BasicStrategy } = original('passport-http')
        passport.use(new BasicStrategy({ realm: 'tests' }, (name: string, password: string, done: Anything) => done(null, password === 'right' && { name })))
        app.get('/basic', passport.authenticate('basic', { session: false }), echo)
      },
      async (visitor) => {
        const as = (text: string): Promise<Answer> => visitor.go('/basic', { headers: { authorization: `Basic ${btoa(text)}` } })
        const refused = await visitor.go('/basic')
        deepEqual([refused.status, refused.headers.get('www-authenticate'), refused.text], [401, 'Basic realm="tests"', 'Unauthorized'])
        equal((await as('ann:wrong')).status, 401)
        equal((await visitor.go('/basic', { headers: { authorization: 'Basic' } })).status, 400)
        equal((await as('ann:right')).text, '{"name":"ann"}')
        equal(await me(visitor), null)
      },
    ))

  test('passport-http: Digest, beside Basic', () =>
    on(
      (app, passport) => {
        const { BasicStrategy, DigestStrategy } = original('passport-http')
        passport.use(new BasicStrategy((_name: string, _password: string, done: Anything) => done(null, false)))
        passport.use(
          new DigestStrategy(
            { qop: 'auth', realm: 'tests' },
            (name: string, done: Anything) => done(null, { name }, 'right'),
            (_params: unknown, done: Anything) => done(null, true),
          ),
        )
        app.get('/digest', passport.authenticate(['digest', 'basic'], { session: false }), echo)
      },
      async (visitor) => {
        const refused = await visitor.go('/digest')
        const challenge = refused.headers.get('www-authenticate') as string
        match(challenge, /^Digest .*, Basic realm="Users"$/)
        const nonce = /nonce="([^"]+)"/.exec(challenge)?.[1]
        const md5 = (text: string): string => createHash('md5').update(text).digest('hex')
        const as = (password: string): Promise<Answer> => {
          const response = md5(`${md5(`ann:tests:${password}`)}:${nonce}:00000001:c:auth:${md5('GET:/digest')}`)
          const authorization = `Digest username="ann", realm="tests", nonce="${nonce}", uri="/digest", qop=auth, nc=00000001, cnonce="c", response="${response}"`
          return visitor.go('/digest', { headers: { authorization } })
        }
        equal((await as('wrong')).status, 401)
        equal((await as('right')).text, '{"name":"ann"}')
      },
    ))

  test('passport-jwt', () =>
    on(
      (app, passport) => {
        const { Strategy, ExtractJwt } = original('passport-jwt')
        const options = { jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: 'secret' }
        passport.use(new Strategy(options, (payload: Anything, done: Anything) => done(null, { name: payload.sub })))
        app.get('/api', passport.authenticate('jwt', { session: false }), echo)
      },
      async (visitor) => {
        const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
        const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: 'ann' })}`
        const token = `${signed}.${createHmac('sha256', 'secret').update(signed).digest('base64url')}`
        equal((await visitor.go('/api', { headers: { authorization: `Bearer ${token}` } })).text, '{"name":"ann"}')
        equal((await visitor.go('/api', { headers: { authorization: `Bearer ${token}x` } })).status, 401)
        equal((await visitor.go('/api')).status, 401)
      },
    ))

  test('passport-custom', () =>
    on(
      (app, passport) => {
        const { Strategy } = original('passport-custom')
        passport.use('key', new Strategy((request: Anything, done: Anything) => done(null, request.query.key === 'right' && { name: 'ann' })))
        app.get('/custom', passport.authenticate('key'), echo)
      },
      async (visitor) => {
        equal((await visitor.go('/custom?key=wrong')).status, 401)
        equal((await visitor.go('/custom?key=right')).text, '{"name":"ann"}')
        deepEqual(await me(visitor), { name: 'ann' })
      },
    ))

  test('connect-ensure-login sends to the login, and the login back', () =>
    on(
      (app, passport) => {
        const { Strategy } = original('passport-local')
        const { ensureLoggedIn, ensureLoggedOut } = original('connect-ensure-login')
        passport.use(new Strategy((name: string, _password: string, done: Anything) => done(null, { name })))
        app.get('/deep', ensureLoggedIn('/login'), echo)
        app.get('/login', ensureLoggedOut('/me'), (_request, response) => void response.send('a form'))
        app.post('/login', passport.authenticate('local', { successReturnToOrRedirect: '/home' }))
        app.post('/logout', (request: Anything, response, next) => void request.logout((error: unknown) => (error ? next(error) : response.redirect('/login'))))
      },
      async (visitor) => {
        equal(location(await visitor.go('/deep?x=1')), '/login')
        equal((await visitor.go('/login')).text, 'a form')
        equal(location(await visitor.go('/login', { form: { username: 'ann', password: 'x' } })), '/deep?x=1')
        equal((await visitor.go('/deep?x=1')).text, '{"name":"ann"}')
        equal(location(await visitor.go('/login')), '/me')
        equal(location(await visitor.go('/logout', { method: 'POST' })), '/login')
        equal(location(await visitor.go('/deep')), '/login')
      },
    ))
})

describe('strategies that ask a provider', { skip: missing }, () => {
  let provider: Provider
  before(async () => {
    provider = await startProvider()
  })
  after(() => provider.close())

  const subjects: { readonly [name: string]: (origin: string) => Anything } = {
    oauth2: (origin) => {
      const { Strategy } = original('passport-oauth2')
      return new Strategy({ ...common(origin), state: true }, (_access: string, _refresh: string, _profile: Anything, done: Anything) =>
        done(null, { name: 'ann' }),
      )
    },
    'oauth2 with PKCE': (origin) => {
      const { Strategy } = original('passport-oauth2')
      return new Strategy({ ...common(origin), state: true, pkce: true }, (_access: string, _refresh: string, _profile: Anything, done: Anything) =>
        done(null, { name: 'ann' }),
      )
    },
    google: (origin) => {
      const { Strategy } = original('passport-google-oauth20')
      return new Strategy({ ...common(origin), state: true, userProfileURL: `${provider.origin}/userinfo` }, byName)
    },
    github: (origin) => {
      const { Strategy } = original('passport-github2')
      const urls = { userProfileURL: `${provider.origin}/github`, userEmailURL: `${provider.origin}/github/emails` }
      return new Strategy({ ...common(origin), ...urls, state: true, scope: ['user:email'] }, byName)
    },
    openidconnect: (origin) => {
      const { Strategy } = original('passport-openidconnect')
      return new Strategy(
        { ...common(origin), issuer: provider.origin, userInfoURL: `${provider.origin}/userinfo`, nonce: true, skipUserProfile: false },
        (_issuer: string, profile: Anything, done: Anything) => done(null, { name: profile.displayName.toLowerCase() }),
      )
    },
  }
  const byName = (_access: string, _refresh: string, profile: Anything, done: Anything): void => done(null, { name: profile.displayName.toLowerCase() })
  const common = (origin: string): object => ({
    authorizationURL: `${provider.origin}/authorize`,
    tokenURL: `${provider.origin}/token`,
    clientID: CLIENT.id,
    clientSecret: CLIENT.secret,
    callbackURL: `${origin}/callback`,
  })
  const routes =
    (make: (origin: string) => Anything) =>
    (app: Express, passport: Anything, origin: string): void => {
      passport.use('provider', make(origin))
      app.get('/login', passport.authenticate('provider'))
      app.get('/callback', passport.authenticate('provider', { successReturnToOrRedirect: '/home', failWithError: false }))
      app.get('/plant', (request: Anything, response) => {
        request.session.returnTo = '/deep'
        response.send('planted')
      })
    }
  /** To the provider and back, up to the address of the callback. */
  const consent = async (visitor: Visitor): Promise<string> => location(await visitor.go(location(await visitor.go('/login'))))

  for (const [name, make] of Object.entries(subjects)) {
    test(`${name}: a login, by the state in the session from before it`, () =>
      on(routes(make), async (visitor) => {
        await visitor.go('/plant')
        const callback = await consent(visitor)
        const before = visitor.cookies.get('connect.sid')
        equal(location(await visitor.go(callback)), '/deep')
        notEqual(visitor.cookies.get('connect.sid'), before)
        deepEqual(await me(visitor), { name: 'ann' })
        if (name.includes('PKCE')) equal(provider.exchanges.at(-1)?.get('code_verifier')?.length, 43)
      }))

    test(`${name}: a callback that this visitor did not ask for is refused`, () =>
      on(routes(make), async (attacker) => {
        const callback = await consent(attacker)
        const victim = new Visitor(attacker.origin)
        equal((await victim.go(callback)).status, 403)
        await victim.go('/login')
        equal((await victim.go(callback)).status, 403)
        equal(await me(victim), null)
      }))

    test(`${name}: what the provider refuses fails`, () =>
      on(routes(make), async (visitor) => {
        await visitor.go('/login')
        equal((await visitor.go('/callback?error=access_denied&error_description=no')).status, 401)
        const state = new URL(location(await visitor.go('/login'))).searchParams.get('state')
        equal((await visitor.go(`/callback?code=invented&state=${encodeURIComponent(state as string)}`)).status, 500)
        equal(await me(visitor), null)
      }))
  }
})

test('passport-saml: a login by a signed answer, and none by a changed one', { skip: missing }, () => {
  const idp = startIdentityProvider()
  const party = { audience: 'urn:app', callbackUrl: 'http://app.example/saml' }
  const routes = (app: Express, passport: Anything): void => {
    const { Strategy } = original('@node-saml/passport-saml')
    const options = {
      entryPoint: 'http://idp.example/sso',
      issuer: party.audience,
      audience: party.audience,
      callbackUrl: party.callbackUrl,
      idpCert: idp.publicKey,
      validateInResponseTo: 'always',
    }
    const verify = (profile: Anything, done: Anything): void => done(null, { name: profile.nameID })
    passport.use(new Strategy(options, verify, verify))
    app.get('/login', passport.authenticate('saml'))
    app.post('/saml', passport.authenticate('saml', { successRedirect: '/home', failureRedirect: '/failed' }))
  }
  return on(routes, async (visitor) => {
    const ask = async (): Promise<string> => idp.answer(location(await visitor.go('/login')), party)
    const forged = Buffer.from(
      Buffer.from(await ask(), 'base64')
        .toString()
        .replace('>ann@', '>eve@'),
    ).toString('base64')
    equal((await visitor.go('/saml', { form: { SAMLResponse: forged } })).status, 500)
    equal(await me(visitor), null)
    const SAMLResponse = await ask()
    equal(location(await visitor.go('/saml', { form: { SAMLResponse } })), '/home')
    deepEqual(await me(visitor), { name: 'ann@example.org' })
    equal((await new Visitor(visitor.origin).go('/saml', { form: { SAMLResponse } })).status, 500, 'it is good once')
  })
})
