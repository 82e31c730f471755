/** A callback in Node's way. */
export type Done<Value = unknown> = (error?: unknown, value?: Value) => void

/** A session as applications bring it: of Instar, of express-session, of another library, or a mock. Of its methods only the callback forms may be assumed, and not even their presence. */
export type SessionLike = Record<string, unknown>

/** A request of Express, Connect, Koa by way of koa-passport, or a mock, as far as it is touched here. */
export interface PassportRequest {
  session?: SessionLike | null
  sessionID?: unknown
  authInfo?: unknown
  flash?(type: string, message: string): unknown
  /** Of Node's streams: whether a body flows already. */
  readonly readableFlowing?: boolean | null
  /** Of Express. */
  readonly res?: { readonly headersSent?: boolean }
  pause?(): void
  resume?(): void
  logIn?: unknown
  login?: unknown
  logOut?: unknown
  logout?: unknown
  isAuthenticated?: unknown
  isUnauthenticated?: unknown
  /** Where the user goes; absent for `user`. */
  _userProperty?: string
  /** Who writes logins into sessions; absent where no middleware of Passport ran. */
  _sessionManager?: Manager
  /** What packages made for Passport 0.4 look for. */
  _passport?: { instance: object }
}

/** Who writes logins into sessions. */
export interface Manager {
  logIn(request: PassportRequest, user: unknown, options: LogInOptions, done: Done): void
  logOut(request: PassportRequest, options: LogOutOptions, done: Done): void
}

/** A response of Express, Connect or Node, or what stands for one. */
export interface PassportResponse {
  statusCode: number
  setHeader(name: string, value: string | string[]): unknown
  end(body?: string): unknown
  redirect?(url: string): unknown
}

export type Next = (error?: unknown) => void

/** A middleware of Connect and Express. */
export type Middleware = (request: PassportRequest, response: PassportResponse, next: Next) => void

/** A strategy of Passport: `authenticate` is called on an heir of it that has `success`, `fail`, `redirect`, `pass` and `error`, and calls one of them. */
export interface PassportStrategy {
  readonly name?: string | undefined
  authenticate(request: never, options?: never): unknown
}

export interface LogOutOptions {
  /** Takes everything over into the new session, but for the login itself, secrets against forged requests, and a path to return to that leads elsewhere. */
  readonly keepSessionInfo?: boolean | undefined
}

export interface LogInOptions extends LogOutOptions {
  /** Whether the login is stored in the session; default true. */
  readonly session?: boolean | undefined
  /** Names what is taken over from the session before, beside `returnTo`. */
  readonly keep?: readonly string[] | undefined
}

/** A message and where it goes; `true` stands for what the strategy said, a string for the message. */
export type Flash = boolean | string | { readonly type?: string | undefined; readonly message?: string | undefined }

/** What `authenticate` is told; strategies read options of their own from it. */
export interface AuthenticateOptions extends LogInOptions {
  readonly successRedirect?: string | undefined
  readonly successReturnToOrRedirect?: string | undefined
  readonly successFlash?: Flash | undefined
  readonly successMessage?: boolean | string | undefined
  readonly failureRedirect?: string | undefined
  readonly failureFlash?: Flash | undefined
  readonly failureMessage?: boolean | string | undefined
  readonly failWithError?: boolean | undefined
  readonly assignProperty?: string | undefined
  readonly authInfo?: boolean | undefined
  readonly [option: string]: unknown
}

/** Takes the outcome over from `authenticate`; lists of challenges and statuses where several strategies were named. A rejection is an error of the request. */
export type AuthenticateCallback = (error: unknown, user?: unknown, info?: unknown, status?: unknown) => unknown
