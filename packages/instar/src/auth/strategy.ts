/** What a strategy made of a request. A refusal is a value like the others; what failed rejects. */
export type AuthResult<User = unknown> =
  | { readonly type: 'success'; readonly user: User /** What the strategy said besides. */; readonly info?: unknown }
  | {
      readonly type: 'failure' /** Why: a string is fit for `WWW-Authenticate`. */
      readonly challenge?: unknown /** The HTTP status it stands for. */
      readonly status?: number
    }
  | { readonly type: 'redirect'; readonly url: string; readonly status: number }
  | { /** Nothing was decided. */ readonly type: 'pass' }

/** One way to find out who makes a request. It changes no login: that is for `session.login()`, when the result is a success. */
export interface Strategy<Request, User = unknown> {
  readonly name: string
  authenticate(request: Request): Promise<AuthResult<User>>
}
