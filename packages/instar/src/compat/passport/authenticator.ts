import { ask, type Registered } from './ask.ts'
import type { authenticate, StrategyName } from './authenticate.ts'
import { connect } from './connect.ts'
import type { InitializeOptions, initialize } from './initialize.ts'
import { once } from './once.ts'
import { SessionManager } from './session-manager.ts'
import { SessionStrategy } from './session-strategy.ts'
import type { AuthenticateCallback, AuthenticateOptions, Done, Middleware, PassportRequest, PassportStrategy } from './types.ts'

/** What makes middleware for a framework other than Connect and Express. */
export interface Framework {
  initialize: typeof initialize
  authenticate: typeof authenticate
  authorize?: typeof authenticate
}

/** A Passport: strategies by name, and how users go into sessions and come out of them. */
export interface Authenticator extends AuthenticatorMethods {}

/** A function, since heirs in the style before classes call it as one: `Authenticator.call(this)`. */
export const Authenticator = function (this: AuthenticatorMethods) {
  this._key = 'passport'
  this._strategies = Object.create(null)
  this._serializers = []
  this._deserializers = []
  this._infoTransformers = []
  this.init()
} as unknown as { new (): Authenticator; prototype: Authenticator }

class AuthenticatorMethods {
  declare _key: string
  declare _strategies: { [name: string]: PassportStrategy }
  declare _serializers: Registered[]
  declare _deserializers: Registered[]
  declare _infoTransformers: Registered[]
  declare _framework: Framework
  declare _sm: SessionManager
  declare _userProperty?: string

  init(): void {
    this.framework(connect())
    this.use(new SessionStrategy({ key: this._key }, (serialized, request, done) => this.deserializeUser(serialized, request, done)))
    this._sm = new SessionManager({ key: this._key }, (user, request, done) => this.serializeUser(user, request, done))
  }

  /** Registers a strategy, under its own name or another; one of that name is replaced. */
  use(name: string | PassportStrategy, strategy?: PassportStrategy): this {
    if (typeof name !== 'string') return this.use(name.name ?? '', name)
    if (!name) throw new Error('Authentication strategies must have a name')
    this._strategies[name] = strategy as PassportStrategy
    return this
  }

  unuse(name: string): this {
    delete this._strategies[name]
    return this
  }

  framework(framework: Framework): this {
    this._framework = framework
    return this
  }

  /** The middleware that gives requests `login`, `logout` and the like. */
  initialize(options?: InitializeOptions): Middleware {
    return this._framework.initialize(this, options ?? {})
  }

  /** The middleware that finds the user of a login in the session. */
  session(options?: AuthenticateOptions): Middleware {
    return this.authenticate('session', options)
  }

  /** The middleware that lets the named strategies decide on a request. */
  authenticate(
    name: StrategyName | readonly StrategyName[],
    options?: AuthenticateOptions | AuthenticateCallback,
    callback?: AuthenticateCallback,
  ): Middleware {
    return this._framework.authenticate(this, name, options, callback)
  }

  /** The same for an account beside the login: the user of the strategy goes to `req.account`, and who is logged in stays so. */
  authorize(name: StrategyName | readonly StrategyName[], options?: AuthenticateOptions | AuthenticateCallback, callback?: AuthenticateCallback): Middleware {
    if (typeof options === 'function') return this.authorize(name, {}, options)
    const make = this._framework.authorize ?? this._framework.authenticate
    return make(this, name, { ...options, assignProperty: 'account' }, callback)
  }

  /** Registers how a user becomes what the session holds; with a user and a callback, does it. */
  serializeUser(user: unknown, request?: PassportRequest | Done, done?: Done): void {
    if (typeof user === 'function') return void this._serializers.push(user as Registered)
    const [from, callback] = typeof request === 'function' ? [undefined, request] : [request, done as Done]
    const isAnswer = (value: unknown): boolean => Boolean(value) || value === 0
    ask(this._serializers, from, user, isAnswer, (error, value) => {
      if (error) callback(error)
      else if (isAnswer(value)) callback(null, value)
      else callback(new Error('Failed to serialize user into session'))
    })
  }

  /** Registers how what the session holds becomes a user; with both and a callback, does it. The user is false where there is none any more. */
  deserializeUser(serialized: unknown, request?: PassportRequest | Done, done?: Done): void {
    if (typeof serialized === 'function') return void this._deserializers.push(serialized as Registered)
    const [from, callback] = typeof request === 'function' ? [undefined, request] : [request, done as Done]
    const isAnswer = (value: unknown): boolean => Boolean(value) || value === null || value === false
    ask(this._deserializers, from, serialized, isAnswer, (error, value) => {
      if (error) callback(error)
      else if (value !== undefined) callback(null, value || false)
      else callback(new Error('Failed to deserialize user out of session'))
    })
  }

  /** Registers what makes `req.authInfo` of what a strategy said; with that and a callback, does it. */
  transformAuthInfo(info: unknown, request?: PassportRequest | Done, done?: Done): void {
    if (typeof info === 'function') return void this._infoTransformers.push(withCallback(info as Registered))
    const [from, callback] = typeof request === 'function' ? [undefined, request] : [request, done as Done]
    ask(this._infoTransformers, from, info, Boolean, (error, value) => (error ? callback(error) : callback(null, value || info)))
  }

  _strategy(name: string): PassportStrategy | undefined {
    return this._strategies[name]
  }
}

Authenticator.prototype = AuthenticatorMethods.prototype as Authenticator
Object.defineProperty(Authenticator.prototype, 'constructor', { value: Authenticator, writable: true, configurable: true })

/** A transformer that takes the info alone says by its value. */
function withCallback(transform: Registered): Registered {
  if (transform.length !== 1) return transform
  return (info: unknown, done: Done) =>
    once(
      (settle) => {
        const value = transform(info)
        if (value instanceof Promise) return value
        settle(null, value)
      },
      done,
      (value, settle) => settle(null, value),
    )
}
