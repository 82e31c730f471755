/** Where the drop-in behaves otherwise than Passport 0.7, on purpose. */
export interface Difference {
  readonly what: string
  readonly why: string
  /** How to get the old behaviour, or why there is no way. */
  readonly back: string
}

export const DIFFERENCES = {
  'return-to-survives': {
    what: '`session.returnTo` survives a login when it is a path of the same origin, unless it was in the session of another user.',
    why: 'With Passport 0.6 and later `successReturnToOrRedirect` never finds it, unless everything else is kept too.',
    back: '`delete req.session.returnTo` before the login.',
  },
  keep: {
    what: "`keep: ['cart']`, an option of `authenticate` and of `req.login`, names what of the session a login takes over. Of the session of another user it takes nothing, and a `keep` that is no list is refused by a TypeError.",
    why: 'With Passport a login takes everything or nothing. What one user left is not for the next, and the letters of a text are no names.',
    back: 'Leave it out. `keepSessionInfo` takes everything, whosever it was.',
  },
  'return-to-checked': {
    what: 'A `session.returnTo` that is not a path of the same origin (`https://…`, `//host`, `/\\host`, encoded or not) is neither followed nor taken over by a login.',
    why: 'It is an open redirect, planted before the login and followed after it.',
    back: 'Keep the address under another key and redirect by a handler of yours after you have checked it.',
  },
  'csrf-secrets-end': {
    what: 'The keys of CSRF libraries (`csrfSecret`, `_csrf`, `_csrfSecret`, `csrfToken`, `_csrfToken`) never go over into the session of a login or logout, `keepSessionInfo` or not.',
    why: 'Whoever had the session before the login knows the secret, and could forge requests of the login.',
    back: 'None: ask the CSRF library for a new token after the login, as a page that is loaded anew does.',
  },
  'former-login-ends': {
    what: 'With `keepSessionInfo`, what stood beside the user in `session.passport` does not go over into the next login, and not past a logout.',
    why: 'It belongs to the user before.',
    back: 'Keep what shall last under a key of your own.',
  },
  'success-messages-survive': {
    what: '`successFlash` and `successMessage` are written into the session of the login.',
    why: 'Passport 0.6 and later write them into the session that the login then throws away.',
    back: 'Leave the options out.',
  },
  'failed-login-says-nothing': {
    what: '`successFlash` and `successMessage` say nothing when the login could not be stored.',
    why: 'A page that says "welcome" must be true.',
    back: 'Write the message in a handler of yours.',
  },
  promises: {
    what: '`req.login(user)` and `req.logout()` without a callback give a promise, which rejects where the session cannot be stored. One that nobody awaits ends no process: with @instar/express-session the answer waits for it and fails with it; with other sessions a warning `INSTAR_PASSPORT_UNHEARD` says that it failed, perhaps after the answer.',
    why: 'Passport throws there, and code with async handlers wraps them by hand. `req.logout(); res.redirect("/")` is what handlers of Passport 0.5 have.',
    back: 'Give a callback.',
  },
  'async-functions': {
    what: '`serializeUser`, `deserializeUser` and `transformAuthInfo` take async functions of one argument, and what an async strategy, a function given to these, or a custom callback rejects with is an error of the request.',
    why: 'With Passport such a request is never answered, and the rejection ends the process.',
    back: 'None is needed: functions with callbacks work as before.',
  },
  'logout-without-save': {
    what: 'A logout whose `session.save` fails moves to a new session all the same, and then reports the error.',
    why: 'The session that could not be saved would stay logged in.',
    back: 'None.',
  },
  'unstored-login-ends': {
    what: 'When `session.save` fails during a login, the login is taken out of `req.session` again.',
    why: 'express-session saves once more when the error page is sent; if that works, the visitor whose login failed is logged in.',
    back: 'None.',
  },
  'sessions-without-regenerate': {
    what: 'A login on a session without `regenerate` (cookie-session) works: the session is emptied in place, but for what is kept, and a warning `INSTAR_PASSPORT_NO_REGENERATE` says once what is missing.',
    why: 'Passport throws "req.session.regenerate is not a function", and the shims that people paste take the protection out altogether.',
    back: 'None.',
  },
  'fake-regenerate': {
    what: 'A `regenerate` that changes neither the session nor its id, or that copies all that the session held into the new one, does not keep it, and a warning `INSTAR_PASSPORT_FAKE_REGENERATE` is emitted once.',
    why: 'It takes the protection against session fixation out.',
    back: '`keep: [...]` or `keepSessionInfo: true` keep data; the warning stays.',
  },
  'logins-in-turn': {
    what: 'Two logins or logouts that overlap in one request run one after the other.',
    why: 'Otherwise the first writes its user into the session of the second.',
    back: 'None.',
  },
  'login-before-the-answer': {
    what: 'A login after the head of the answer has gone is an error, and nobody is logged in.',
    why: 'The cookie of the new session could no longer reach the browser, which would be left with an id that has ended.',
    back: 'Log in before the first byte of the answer.',
  },
  'ended-is-logged-out': {
    what: 'With @instar/express-session a logout of a session that another request has ended meanwhile is no error.',
    why: 'Of two clicks on "log out" the second one found what it asked for.',
    back: 'None.',
  },
  'heirs-of-strategies': {
    what: 'A strategy that is given to `authenticate()` itself, and not by its name, runs as an heir of its own for each request, as one that is named does: what it writes on `this` stays with the request, and `#private` members are out of its reach.',
    why: 'Passport writes `success`, `fail` and the others on the strategy itself, so that of two requests at once the first is answered as the second.',
    back: 'Keep state, and objects with private members, under a property that the constructor sets: `this.counter.add()`.',
  },
  'errors-are-errors': {
    what: '`this.error()` of a strategy without an error is an error.',
    why: 'Passport calls `next()`, and the route behind runs as if the request had been authenticated.',
    back: 'Let the strategy call `this.pass()`.',
  },
  'first-decision-counts': {
    what: 'Of several decisions that a strategy makes on one request the first counts.',
    why: 'Passport carries out each, and answers twice.',
    back: 'None.',
  },
  'own-strategy-names': {
    what: '`passport.authenticate("constructor")` and other names that every object has are unknown strategies.',
    why: 'They were never registered.',
    back: 'None.',
  },
  'own-options': {
    what: 'Each strategy is given options of its own; what it writes into them nobody else sees. `authorize` does not write into the options that it is given.',
    why: 'Concurrent requests share nothing.',
    back: 'None.',
  },
  'no-prototype-property': {
    what: '`assignProperty` and `userProperty` cannot be `__proto__`; nor is that key taken over from a session.',
    why: 'It would exchange a prototype.',
    back: 'None.',
  },
  'missing-methods': {
    what: 'Without `req.flash`, or without a session for `failureMessage`, the error says what is missing; redirects work on responses that have no `redirect()`.',
    why: 'Passport throws "req.flash is not a function".',
    back: 'None.',
  },
} as const satisfies { readonly [id: string]: Difference }

export type DifferenceId = keyof typeof DIFFERENCES
