/** Every code an `InstarError` can carry, with the HTTP status it stands for and what it means. */
export const ERRORS = {
  bad_option: [500, 'An option has a value that cannot work; thrown when the object is constructed or the call is made.'],
  bad_value: [500, 'A value is not JSON, so a store could not give it back as it was.'],
  payload_too_large: [500, 'A session would grow beyond the limit; the message names its size and the largest key.'],
  unknown_property: [500, 'Something was assigned to a session as if it were a plain object.'],
  not_a_method: [500, 'A method of express-session was called that has a successor here.'],
  insecure_origin: [500, 'The request seems to have come over plain http from a host on which browsers refuse the cookies.'],
  head_sent: [500, 'The session was to be changed after the response had begun.'],
  not_awaited: [500, 'The session was used while its login, logout or elevation was still under way.'],
  login_required: [401, 'Nobody is logged in.'],
  fresh_login_required: [403, 'The login is older than the route allows, or was made by another method.'],
  unverified_request: [403, 'login() was called in a request that nothing shows to come from a page of this application.'],
  csrf_refused: [403, 'An unsafe request came from another site, or carried no sign of where it came from.'],
  limit_reached: [403, 'The user has as many sessions as the limit allows.'],
  credentials_changed: [401, 'The user was changed, disabled or removed between the check of the credentials and the login.'],
  session_ended: [409, 'The session ended while the request was under way: a logout, a revocation or another login was first.'],
  delta_dropped: [409, 'What an unsafe request wrote was not applied, because its session ended or was replaced meanwhile.'],
  conflict: [503, 'Other requests kept changing the same row until the deadline passed.'],
  store_unavailable: [503, 'The store did not answer, or answered with an error, which is the cause.'],
  schema_mismatch: [503, 'The tables of the store are missing or of another version; the message names the command that mends it.'],
  row_unreadable: [503, 'A row was written by a version of Instar that this one cannot read, is encrypted with a key that is not in the ring, or was damaged.'],
  store_full: [503, 'A bounded store has no room that it may free.'],
} as const satisfies Record<string, readonly [status: number, meaning: string]>

export type InstarErrorCode = keyof typeof ERRORS

/**
 * The one error class of Instar: `code` narrows, `status` is the HTTP status, `cause` what lay beneath.
 * The message says what happened and what to do; it never holds a secret, a token or a cookie.
 */
export class InstarError extends Error {
  override readonly name = 'InstarError'
  readonly code: InstarErrorCode
  readonly status: number
  /** Whether the message may be shown to the person who made the request; frameworks that know http-errors read it. */
  readonly expose: boolean

  constructor(code: InstarErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.status = ERRORS[code][0]
    this.expose = this.status < 500
  }

  /** The error as a web response: a line of text with its status. Hono answers with it where the application has no `onError`. */
  getResponse(): Response {
    const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }
    return new Response(this.expose ? this.message : 'The request failed.', { status: this.status, headers })
  }
}
