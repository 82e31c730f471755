// What the stacks import that has no types here, as far as they use it.
declare module 'cookie-session' {
  import type { RequestHandler } from 'express'
  export default function cookieSession(options: object): RequestHandler
}
declare module 'csurf' {
  import type { RequestHandler } from 'express'
  export default function csurf(options?: object): RequestHandler
}
declare module 'passport-05' {
  export { default } from 'passport'
}
declare module 'passport-oauth2' {
  import type { Strategy as AnyStrategy } from 'passport'
  export class Strategy extends AnyStrategy {
    constructor(options: object, verify: (...given: never[]) => void)
  }
}
