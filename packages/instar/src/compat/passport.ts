import { Authenticator } from './passport/authenticator.ts'

export { authenticate } from './passport/authenticate.ts'
export { AuthenticationError } from './passport/authentication-error.ts'
export { Authenticator, Authenticator as Passport } from './passport/authenticator.ts'
export { connect } from './passport/connect.ts'
export { type FromPassportOptions, fromPassport, type StrategyRequest } from './passport/from-passport.ts'
export { initialize } from './passport/initialize.ts'
export * as requestMethods from './passport/request-methods.ts'
export { SessionManager } from './passport/session-manager.ts'
export { SessionStrategy } from './passport/session-strategy.ts'
export { Strategy } from './passport/strategy.ts'
export type { AuthenticateCallback, AuthenticateOptions, LogInOptions, LogOutOptions, PassportStrategy } from './passport/types.ts'

/** The Passport that an application shares. */
export const passport = new Authenticator()
