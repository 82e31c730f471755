declare module 'passport-oauth2' {
  type Verified = (error: unknown, user?: object | false) => void

  interface Options {
    authorizationURL: string
    tokenURL: string
    callbackURL: string
    clientID: string
    clientSecret: string
    state: true
    pkce?: boolean
  }

  export class Strategy {
    name: string
    constructor(options: Options, verify: (accessToken: string, refreshToken: string, profile: object, verified: Verified) => void)
    authenticate(request: never, options?: never): void
  }
}
