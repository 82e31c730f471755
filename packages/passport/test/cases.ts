import type { Anything, Case, Kit, Scripted } from './case.ts'
import type { DifferenceId } from './differences.ts'

const USER = { id: 'ann' }
/** What `report` says of a request without a user. */
const NOBODY = '{"authenticated":false,"unauthenticated":true}'

/** What a strategy may decide. */
const OUTCOMES: { readonly [title: string]: Scripted } = {
  success: (self) => self.success(USER),
  'success with a message': (self) => self.success(USER, { message: 'hello', scope: 'read' }),
  'success with a typed message': (self) => self.success(USER, { type: 'warning', message: 'password is old' }),
  'success with a string': (self) => self.success(USER, 'hello'),
  'success later': (self) => setImmediate(() => self.success(USER)),
  'failure without a word': (self) => self.fail(),
  'failure with a message': (self) => self.fail({ message: 'wrong password' }),
  'failure with a typed message': (self) => self.fail({ type: 'alert', message: 'locked' }),
  'failure with a challenge': (self) => self.fail('Bearer realm="x"'),
  'failure with a status': (self) => self.fail(429),
  'failure with a challenge and a status': (self) => self.fail('Bearer', 403),
  'failure with a message and a status': (self) => self.fail({ message: 'no' }, 400),
  pass: (self) => self.pass(),
  error: (self) => self.error(new Error('the directory is down')),
  thrown: () => {
    throw new Error('thrown')
  },
  redirect: (self) => self.redirect('https://idp.example/authorize?x=1'),
  'redirect with a status': (self) => self.redirect('/elsewhere', 307),
}

const OPTIONS: { readonly [title: string]: Anything } = {
  none: undefined,
  'session: false': { session: false },
  successRedirect: { successRedirect: '/home' },
  'both redirects': { successRedirect: '/home', failureRedirect: '/login?again=1' },
  successReturnToOrRedirect: { successReturnToOrRedirect: '/home' },
  'successFlash: true': { successFlash: true },
  'successFlash: text, kept': { successFlash: 'Welcome!', keepSessionInfo: true },
  'successFlash: object, kept': { successFlash: { type: 'info', message: 'In.' }, keepSessionInfo: true },
  'successMessage: true': { successMessage: true, successRedirect: '/home' },
  'successMessage: text, kept': { successMessage: 'Welcome!', keepSessionInfo: true },
  failureRedirect: { failureRedirect: '/login' },
  'failureFlash: true': { failureFlash: true, failureRedirect: '/login' },
  'failureFlash: text': { failureFlash: 'Try again.', failureRedirect: '/login' },
  'failureFlash: object': { failureFlash: { type: 'warn', message: 'Try again.' }, failureRedirect: '/login' },
  'failureFlash: object without a type': { failureFlash: { message: 'Try again.' } },
  'failureMessage: true': { failureMessage: true, failureRedirect: '/login' },
  'failureMessage: text': { failureMessage: 'Try again.' },
  failWithError: { failWithError: true },
  assignProperty: { assignProperty: 'account' },
  'assignProperty with messages': { assignProperty: 'account', successMessage: 'Linked.', successFlash: 'Linked.' },
  'authInfo: false': { authInfo: false },
  'assignProperty, authInfo: false': { assignProperty: 'account', authInfo: false },
  keepSessionInfo: { keepSessionInfo: true },
  userProperty: { userProperty: 'member' },
  'everything for failure': { failureFlash: true, failureMessage: true, failWithError: true },
}

/** Success messages without `keepSessionInfo` are lost with Passport, where there is a message and a session of a login to lose it with. */
function messageDiffers(outcome: string, options: Anything): DifferenceId | undefined {
  if (!outcome.startsWith('success') || options?.assignProperty || options?.keepSessionInfo) return undefined
  const option = options?.successFlash ?? options?.successMessage
  const hasText = typeof option === 'string' || (option === true && /message|string/.test(outcome))
  return hasText ? 'success-messages-survive' : undefined
}

function matrix(): Case[] {
  const cases: Case[] = []
  for (const [outcome, decide] of Object.entries(OUTCOMES))
    for (const [name, options] of Object.entries(OPTIONS)) {
      const differs = messageDiffers(outcome, options)
      cases.push({
        title: `${outcome}; ${name}`,
        routes: ({ router, passport, script, report }) => {
          script('scripted', decide)
          router.post('/login', passport.authenticate('scripted', structuredClone(options)), report) // Passport writes into them.
        },
        steps: ['/plant?cart=tea', ['/login', { method: 'POST' }], '/me'],
        ...(differs && { differs }),
      })
    }
  return cases
}

/** A custom callback that tells what it is called with, and may log in. */
function withCallback({ router, passport, report }: Kit, name: Anything, options?: Anything): void {
  router.post('/login', (request, response, next) => {
    const callback = (error: Anything, user: unknown, info: unknown, status: unknown): void => {
      if (!user) return void response.json({ error: error?.message, user, info, status })
      ;(request as Anything).logIn(user, (failure: unknown) => (failure ? next(failure) : report(request, response)))
    }
    const args = options === undefined ? [name, callback] : [name, options, callback]
    passport.authenticate(...args)(request, response, next)
  })
}

function callbacks(): Case[] {
  return Object.entries(OUTCOMES).flatMap(
    ([outcome, decide]) =>
      [
        {
          title: `custom callback: ${outcome}`,
          routes: (kit) => {
            kit.script('scripted', decide)
            withCallback(kit, 'scripted')
          },
          steps: ['/plant?cart=tea', ['/login', { method: 'POST' }], '/me'],
        },
        {
          title: `custom callback and two strategies: failure, then ${outcome}`,
          routes: (kit) => {
            kit.script('first', (self) => self.fail('Basic realm="a"', 401))
            kit.script('second', decide)
            withCallback(kit, ['first', 'second'], { session: true })
          },
          steps: [['/login', { method: 'POST' }], '/me'],
        },
      ] satisfies Case[],
  )
}

function lists(): Case[] {
  const firsts: { readonly [title: string]: Scripted } = {
    'a challenge': (self) => self.fail('Basic realm="a"'),
    'a status': (self) => self.fail(403),
    'a message': (self) => self.fail({ message: 'first', type: 'one' }),
    nothing: (self) => self.fail(),
  }
  const optionSets: { readonly [title: string]: Anything } = {
    none: undefined,
    messages: { failureFlash: true, failureMessage: true },
    failWithError: { failWithError: true },
  }
  return Object.entries(firsts).flatMap(([first, decide]) =>
    Object.entries(OUTCOMES)
      .filter(([outcome]) => outcome !== 'success later')
      .flatMap(([outcome, then]) =>
        Object.entries(optionSets).map(([name, options]) => ({
          title: `a list: ${first}, then ${outcome}; ${name}`,
          routes: ({ router, passport, script, report }: Kit) => {
            script('first', decide)
            script('second', then)
            router.post('/login', passport.authenticate(['first', 'second'], options), report)
          },
          steps: [['/login', { method: 'POST' }], '/me'] as Case['steps'],
        })),
      ),
  )
}

/** A handler of one request, with `done` for its end. */
type Act = (request: Anything, done: (error?: unknown) => void) => unknown

const act =
  (path: string, run: Act) =>
  ({ router, report }: Pick<Kit, 'router' | 'report'>): void => {
    router.post(path, (request, response, next) => {
      run(request, (error) => (error ? next(error) : report(request, response)))
    })
  }

const login = (path: string, ...args: unknown[]) => act(path, (request, done) => request.login(...args, done))
const POST = { method: 'POST' }

function requests(): Case[] {
  const both = (...acts: ((kit: Kit) => void)[]) => ({ routes: (kit: Kit) => acts.forEach((add) => void add(kit)) })
  const logout = act('/logout', (request, done) => request.logout(done))
  const planted = '/plant?cart=tea&n=1'
  return [
    { title: 'login', ...both(login('/login', USER)), steps: [planted, ['/login', POST], '/me'] },
    { title: 'logIn', ...both(act('/login', (request, done) => request.logIn(USER, done))), steps: [planted, ['/login', POST], '/me'] },
    { title: 'login without a session before', ...both(login('/login', USER)), steps: [['/login', POST], '/me'] },
    { title: 'login, keepSessionInfo', ...both(login('/login', USER, { keepSessionInfo: true })), steps: [planted, ['/login', POST], '/me'] },
    ...[null, 0, ''].map(
      (session): Case => ({
        title: `login, session: ${JSON.stringify(session)}`,
        ...both(login('/login', USER, { session })),
        steps: [planted, ['/login', POST], '/me'],
      }),
    ),
    { title: 'login, session: false', ...both(login('/login', USER, { session: false })), steps: [planted, ['/login', POST], '/me'] },
    {
      title: 'login, session: false, without a callback',
      routes: ({ router, report }) =>
        void router.post('/login', (request: Anything, response) => {
          request.login(USER, { session: false })
          report(request, response)
        }),
      steps: [['/login', POST], '/me'],
    },
    { title: 'login of another', ...both(login('/login', USER), login('/other', { id: 'bob' })), steps: [['/login', POST], planted, ['/other', POST], '/me'] },
    {
      title: 'login of another, keepSessionInfo',
      ...both(login('/login', USER), login('/other', { id: 'bob' }, { keepSessionInfo: true })),
      steps: [['/login', POST], planted, ['/other', POST], '/me'],
    },
    {
      title: 'login with what stood beside the user',
      ...both(login('/login', USER, { keepSessionInfo: true })),
      steps: ['/plant?passport[note]=x&cart=tea', ['/login', POST], '/me'],
      differs: 'former-login-ends',
      ours: { '/login': { held: { cart: 'tea', passport: { user: 'ann' } } } },
    },
    { title: 'login of the user 0', ...both(login('/login', { id: 0 })), steps: [['/login', POST], '/me'] },
    {
      title: 'login that cannot be serialized',
      routes: (kit) => {
        kit.passport._serializers.length = 0
        kit.passport.serializeUser((_: unknown, done: Anything) => done(new Error('no')))
        login('/login', USER)(kit)
      },
      steps: [planted, ['/login', POST], '/me'],
    },
    {
      title: 'login without a serializer',
      routes: (kit) => {
        kit.passport._serializers.length = 0
        login('/login', USER)(kit)
      },
      steps: [planted, ['/login', POST], '/me'],
    },
    {
      title: 'a serializer that writes into the session',
      routes: (kit) => {
        kit.passport._serializers.length = 0
        kit.passport.serializeUser((request: Anything, user: Anything, done: Anything) => {
          request.session.kind = 'admin'
          done(null, user.id)
        })
        login('/login', USER)(kit)
      },
      steps: [planted, ['/login', POST], '/me'],
    },
    { title: 'logout', ...both(login('/login', USER), logout), steps: [['/login', POST], planted, ['/logout', POST], '/me'] },
    {
      title: 'logOut',
      ...both(
        login('/login', USER),
        act('/logout', (request, done) => request.logOut(done)),
      ),
      steps: [['/login', POST], ['/logout', POST], '/me'],
    },
    {
      title: 'logout, options',
      ...both(
        login('/login', USER),
        act('/logout', (request, done) => request.logout({}, done)),
      ),
      steps: [['/login', POST], planted, ['/logout', POST], '/me'],
    },
    {
      title: 'logout, keepSessionInfo',
      ...both(
        login('/login', USER),
        act('/logout', (request, done) => request.logout({ keepSessionInfo: true }, done)),
      ),
      steps: [['/login', POST], planted, ['/logout', POST], '/me'],
    },
    { title: 'logout of nobody', ...both(logout), steps: [planted, ['/logout', POST], '/me'] },
    {
      title: 'logout of nobody, keepSessionInfo',
      ...both(act('/logout', (request, done) => request.logout({ keepSessionInfo: true }, done))),
      steps: [planted, ['/logout', POST], '/me'],
    },
    { title: 'logout, then login', ...both(login('/login', USER), logout), steps: [['/login', POST], ['/logout', POST], ['/login', POST], '/me'] },
    {
      title: 'logout and login in one request',
      ...both(
        login('/login', USER),
        act('/switch', (request, done) => request.logout(() => request.login({ id: 'bob' }, done))),
      ),
      steps: [['/login', POST], planted, ['/switch', POST], '/me'],
    },
    {
      title: 'a promise of login',
      ...both(act('/login', (request, done) => request.login(USER).then(done, done))),
      steps: [planted, ['/login', POST], '/me'],
      differs: 'promises',
      ours: { '/login': { status: 200, moved: true, held: { passport: { user: 'ann' } } } },
    },
    {
      title: 'a promise of logout',
      ...both(
        login('/login', USER),
        act('/logout', (request, done) => request.logout().then(done, done)),
      ),
      steps: [['/login', POST], ['/logout', POST], '/me'],
      differs: 'promises',
      ours: { '/logout': { status: 200 }, '/me': { text: NOBODY } },
    },
    { title: 'returnTo without a login', ...both(), steps: ['/plant?returnTo=/deep', '/me'] },
    {
      title: 'deserialized to false',
      routes: (kit) => {
        login('/login', USER)(kit)
        kit.passport._deserializers.unshift((_: unknown, done: Anything) => done(null, false))
      },
      steps: [['/login', POST], '/me', '/me'],
    },
    {
      title: 'deserialized to null',
      routes: (kit) => {
        login('/login', USER)(kit)
        kit.passport._deserializers.unshift((_: unknown, done: Anything) => done(null, null))
      },
      steps: [['/login', POST], '/me', '/me'],
    },
    {
      title: 'deserialized to nothing',
      routes: (kit) => {
        login('/login', USER)(kit)
        kit.passport._deserializers.length = 0
      },
      steps: [['/login', POST], '/me'],
    },
    {
      title: 'a deserializer that fails',
      routes: (kit) => {
        login('/login', USER)(kit)
        kit.passport._deserializers.unshift((_: unknown, done: Anything) => done(new Error('no')))
      },
      steps: [['/login', POST], '/me'],
    },
    {
      title: 'a deserializer that throws',
      routes: (kit) => {
        login('/login', USER)(kit)
        kit.passport._deserializers.unshift(() => {
          throw new Error('no')
        })
      },
      steps: [['/login', POST], '/me'],
    },
    {
      title: 'a deserializer that leaves it to the next',
      routes: (kit) => {
        login('/login', USER)(kit)
        kit.passport._deserializers.unshift((_request: unknown, _: unknown, done: Anything) => done('pass'))
      },
      steps: [['/login', POST], '/me'],
    },
  ]
}

function redirects(): Case[] {
  const page =
    (options: Anything) =>
    ({ router, passport, script, report }: Kit) => {
      script('scripted', OUTCOMES['success'] as Scripted)
      router.post('/login', passport.authenticate('scripted', structuredClone(options)), report) // Passport writes into them.
    }
  const steps = (returnTo: string): Case['steps'] => [`/plant?cart=tea&returnTo=${encodeURIComponent(returnTo)}`, ['/login', POST], '/me']
  const options = { successReturnToOrRedirect: '/home' }
  const kept = { successReturnToOrRedirect: '/home', keepSessionInfo: true }
  const evil = [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example/',
    '/%2f/evil.example',
    'javascript:alert(1)',
    '/\t/evil.example',
    '\\\\evil.example',
    'deep',
  ]
  return [
    { title: 'returnTo', routes: page(options), steps: steps('/deep?x=1'), differs: 'return-to-survives', ours: { '/login': { location: '/deep?x=1' } } },
    { title: 'returnTo, kept', routes: page(kept), steps: steps('/deep?x=1') },
    { title: 'returnTo, no session', routes: page({ ...options, session: false }), steps: steps('/deep') },
    {
      title: 'returnTo with a plain login',
      routes: page({ successRedirect: '/home' }),
      steps: steps('/deep'),
      differs: 'return-to-survives',
      ours: { '/login': { location: '/home', held: { returnTo: '/deep', passport: { user: 'ann' } } } },
    },
    ...evil.map((path): Case => ({ title: `returnTo ${JSON.stringify(path)}`, routes: page(options), steps: steps(path) })),
    ...evil.map(
      (path): Case => ({
        title: `returnTo ${JSON.stringify(path)}, kept`,
        routes: page(kept),
        steps: steps(path),
        differs: 'return-to-checked',
        ours: { '/login': { location: '/home' } },
      }),
    ),
    ...evil.slice(0, 3).map(
      (path): Case => ({
        title: `returnTo ${JSON.stringify(path)}, no session`,
        routes: page({ ...options, session: false }),
        steps: steps(path),
        differs: 'return-to-checked',
        ours: { '/login': { location: '/home', held: { cart: 'tea' } } },
      }),
    ),
    ...['csrfSecret', '_csrf', '_csrfSecret', 'csrfToken', '_csrfToken'].flatMap((key): Case[] => [
      { title: `${key}, dropped`, routes: page({}), steps: [`/plant?${key}=planted`, ['/login', POST], '/me'] },
      {
        title: `${key}, kept`,
        routes: page({ keepSessionInfo: true }),
        steps: [`/plant?${key}=planted&cart=tea`, ['/login', POST], '/me'],
        differs: 'csrf-secrets-end',
        ours: { '/me': { held: { cart: 'tea', passport: { user: 'ann' } } } },
      },
    ]),
  ]
}

function registries(): Case[] {
  const one = (title: string, routes: Case['routes'], more: Partial<Case> = {}): Case => ({ title, routes, steps: [['/login', POST], '/me'], ...more })
  const success = OUTCOMES['success with a message'] as Scripted
  return [
    one('an unknown strategy', ({ router, passport, report }) => void router.post('/login', passport.authenticate('nobody'), report)),
    one('an unknown strategy after a failure', ({ router, passport, script, report }) => {
      script('scripted', (self) => self.fail())
      router.post('/login', passport.authenticate(['scripted', 'nobody'], { failWithError: true }), report)
    }),
    one('a strategy that was taken out', ({ router, passport, script, report }) => {
      script('scripted', success)
      passport.unuse('scripted')
      router.post('/login', passport.authenticate('scripted'), report)
    }),
    one(
      'a strategy itself',
      ({ router, passport, report }) =>
        void router.post(
          '/login',
          passport.authenticate({
            authenticate(this: Anything) {
              this.success(USER)
            },
          }),
          report,
        ),
    ),
    one('an empty list', ({ router, passport, report }) => void router.post('/login', passport.authenticate([]), report)),
    one('authorize', ({ router, passport, script, report }) => {
      script('scripted', success)
      router.post('/login', passport.authorize('scripted'), report)
    }),
    one(
      'authorize of who is logged in',
      (kit) => {
        kit.script('scripted', (self) => self.success({ id: 'their account' }))
        login('/login', USER)(kit)
        kit.router.post('/link', kit.passport.authorize('scripted', { successRedirect: '/home' }), kit.report)
      },
      { steps: [['/login', POST], ['/link', POST], '/me'] },
    ),
    one('authorize that fails', ({ router, passport, script, report }) => {
      script('scripted', (self) => self.fail('Bearer'))
      router.post('/login', passport.authorize('scripted', { failureRedirect: '/accounts' }), report)
    }),
    one('authorize with a callback', ({ router, passport, script }) => {
      script('scripted', success)
      router.post('/login', (request, response, next) => passport.authorize('scripted', (...got: unknown[]) => response.json(got))(request, response, next))
    }),
    ...[
      (info: Anything) => ({ ...info, more: 1 }),
      (info: Anything, done: Anything) => done(null, { ...info, more: 2 }),
      (_request: Anything, info: Anything, done: Anything) => done(null, { ...info, more: 3 }),
      (_info: Anything, done: Anything) => done(new Error('no')),
      () => {
        throw new Error('no')
      },
      (_info: Anything, done: Anything) => done('pass'),
      (_info: Anything, done: Anything) => done(null, null),
    ].map((transform, index) =>
      one(`transformAuthInfo ${index}`, ({ router, passport, script, report }) => {
        script('scripted', success)
        passport.transformAuthInfo(transform)
        router.post('/login', passport.authenticate('scripted'), report)
      }),
    ),
    one(
      'error() without an error',
      ({ router, passport, script, report }) => {
        script('scripted', (self) => self.error())
        router.post('/login', passport.authenticate('scripted'), report)
      },
      { differs: 'errors-are-errors', ours: { '/login': { status: 500 }, '/me': { text: NOBODY } } },
    ),
    one(
      'options written by one strategy',
      ({ router, passport, script, report }) => {
        script('first', (self, _, options) => {
          options.seen = true
          self.fail()
        })
        script('second', (self, _, options) => self.success({ id: String(options.seen) }))
        router.post('/login', passport.authenticate(['first', 'second'], { scope: 'x' }), report)
      },
      { differs: 'own-options', ours: { '/login': { held: { passport: { user: 'undefined' } } } } },
    ),
    one('the options of a strategy', ({ router, passport, script, report }) => {
      script('scripted', (self, _, options) => self.success({ id: JSON.stringify(options) }))
      router.post('/login', passport.authenticate('scripted', { scope: ['a', 'b'], state: 'z' }), report)
    }),
    one('no options of a strategy', ({ router, passport, script, report }) => {
      script('scripted', (self, _, options) => self.success({ id: JSON.stringify(options) }))
      router.post('/login', passport.authenticate('scripted'), report)
    }),
    one('a name that every object has', ({ router, passport, report }) => void router.post('/login', passport.authenticate('constructor'), report), {
      differs: 'own-strategy-names',
      ours: { '/login': { status: 500, text: '{"name":"Error","message":"Unknown authentication strategy \\"constructor\\""}' } },
    }),
    one(
      'failureFlash without req.flash',
      ({ router, passport, script, report }) => {
        script('scripted', (self) => self.fail('no'))
        router.post(
          '/login',
          (request: Anything, _response, next) => {
            request.flash = undefined
            next()
          },
          passport.authenticate('scripted', { failureFlash: true }),
          report,
        )
      },
      {
        differs: 'missing-methods',
        ours: { '/login': { status: 500, text: '{"name":"Error","message":"Flash messages need req.flash(): use connect-flash before this route."}' } },
      },
    ),
    one(
      'a session that the request has not',
      ({ router, passport, script, report }) => {
        script('scripted', success)
        router.post(
          '/login',
          (request: Anything, _response, next) => {
            Object.defineProperty(request, 'session', { value: undefined, writable: true, configurable: true })
            next()
          },
          passport.authenticate('scripted'),
          report,
        )
      },
      { steps: [['/login', POST]], only: 'plain' },
    ),
    one(
      'passport.session() without a session',
      ({ router, passport, report }) =>
        void router.post(
          '/login',
          (request: Anything, _response, next) => {
            request.session = undefined
            next()
          },
          passport.session(),
          report,
        ),
      { steps: [['/login', POST]], only: 'plain' },
    ),
    one(
      'two decisions of one strategy',
      ({ router, passport, script }) => {
        script('scripted', (self) => {
          self.success(USER)
          self.success(USER)
        })
        router.post('/login', (request, response, next) => {
          let count = 0
          passport.authenticate('scripted', () => void count++)(request, response, next)
          response.json({ count })
        })
      },
      { differs: 'first-decision-counts', ours: { '/login': { text: '{"count":1}' } } },
    ),
    one(
      'authenticate, keep',
      ({ router, passport, script, report }) => {
        script('scripted', success)
        router.post('/login', passport.authenticate('scripted', { keep: ['cart'] }), report)
      },
      {
        steps: ['/plant?cart=tea&n=1', ['/login', POST], '/me'],
        differs: 'keep',
        ours: { '/login': { status: 200, held: { cart: 'tea', passport: { user: 'ann' } } } },
      },
    ),
    one(
      'a keep that is no list',
      ({ router, report }) => {
        router.post('/login', (request: Anything, response, next) => {
          request.login(USER, { keep: 'cart' }, (error: unknown) => (error ? next(error) : report(request, response)))
        })
      },
      { differs: 'keep', ours: { '/login': { status: 500 }, '/me': { text: NOBODY } } },
    ),
    one(
      'a strategy itself that counts on itself',
      ({ router, passport }) => {
        const counting = {
          count: 0,
          authenticate(this: Anything) {
            this.count += 1
            this.success({ id: this.count })
          },
        }
        router.post('/login', passport.authenticate(counting, { session: false }), (request: Anything, response) => void response.json(request.user))
      },
      {
        steps: [
          ['/login', POST],
          ['/login', POST],
        ],
        differs: 'heirs-of-strategies',
        ours: { '/login': { text: '{"id":1}' } },
      },
    ),
    one(
      'a login after the head of the answer',
      ({ router }) =>
        void router.post('/login', (request: Anything, response) => {
          response.write('late: ')
          request.login(USER, (error: unknown) => response.end(error ? 'refused' : 'told that it is done'))
        }),
      {
        steps: ['/plant?cart=tea', ['/login', POST], '/me'],
        differs: 'login-before-the-answer',
        only: 'express-session',
        ours: { '/login': { text: 'late: refused', moved: false, held: { cart: 'tea' } } },
      },
    ),
    ...[null, 0, ''].map((session) =>
      one(`authenticate, session: ${JSON.stringify(session)}`, ({ router, passport, script, report }) => {
        script('scripted', success)
        router.post('/login', passport.authenticate('scripted', { session }), report)
      }),
    ),
    ...[null, false, '', 0].flatMap((info) => [
      one(`success, and ${JSON.stringify(info)} besides`, ({ router, passport, script, report }) => {
        script('scripted', (self) => self.success(USER, info))
        router.post('/login', passport.authenticate('scripted', { successMessage: true, keepSessionInfo: true }), report)
      }),
      one(`success, and ${JSON.stringify(info)} besides, transformed`, ({ router, passport, script, report }) => {
        script('scripted', (self) => self.success(USER, info))
        passport.transformAuthInfo((given: Anything) => ({ given, client: given.client ?? 'none' }))
        router.post('/login', passport.authenticate('scripted', { assignProperty: 'account' }), report)
      }),
    ]),
    ...['with a callback', 'without one'].map((way) =>
      one(`a strategy that puts what its decision threw into other words, ${way}`, ({ router, passport, script }) => {
        script('scripted', (self) => {
          try {
            self.success(USER)
          } catch (error) {
            self.error(new Error(`wrapped: ${(error as Error).message}`))
          }
        })
        const broken = (error: Anything, response: Anything): void => {
          if (error) return void response.status(500).json({ caught: error.message })
          throw new Error('in the handler')
        }
        router.post('/login', (request, response, next) => {
          if (way === 'with a callback') return passport.authenticate('scripted', (error: Anything) => broken(error, response))(request, response, next)
          passport.authenticate('scripted', { assignProperty: 'account', authInfo: false })(request, response, (error: Anything) => broken(error, response))
        })
      }),
    ),
    one('a callback that throws into its strategy', ({ router, passport, script }) => {
      script('scripted', (self) => {
        try {
          self.success(USER)
        } catch (error) {
          self.error(error)
        }
      })
      router.post('/login', (request, response, next) =>
        passport.authenticate('scripted', (error: Anything) => {
          if (error) return response.status(500).json({ caught: error.message })
          throw new Error('in the callback')
        })(request, response, next),
      )
    }),
  ]
}

export const CASES: readonly Case[] = [...matrix(), ...callbacks(), ...lists(), ...requests(), ...redirects(), ...registries()]
