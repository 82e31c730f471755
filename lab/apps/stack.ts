import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ProviderAddresses } from '../world/provider.ts'
import type { Bank } from './bank.ts'

export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

/** What a stack's file makes: the bank's listener, and what somebody who stole the database finds in it. */
export interface Built {
  readonly listener: Listener
  /** The rows of the store, as text; undefined where nothing is stored on the server. */
  rows?(): unknown
}

/** A file of a stack. */
export interface StackModule {
  build(bank: Bank, origin: string, provider: ProviderAddresses): Built | Promise<Built>
}

/** A stack as the matrix names it. */
export interface Stack {
  readonly name: string
  readonly title: string
  /** Its file in this folder. */
  readonly file: string
  /** Which packages it finds under their names: those of npm, or the drop-ins in their places. */
  readonly home: 'originals' | 'drop-ins'
  readonly kind: 'weak' | 'drop-in' | 'instar'
}

const weak = (name: string, title: string, file = name): Stack => ({ name, title, file, home: 'originals', kind: 'weak' })
const dropIn = (name: string, title: string): Stack => ({
  name: `${name}, drop-in`,
  title: `${title}, with the drop-ins`,
  file: name,
  home: 'drop-ins',
  kind: 'drop-in',
})
const native = (framework: string): Stack => ({
  name: `instar on ${framework}`,
  title: `Instar on ${framework}`,
  file: `instar-${framework.toLowerCase()}`,
  home: 'originals',
  kind: 'instar',
})

export const STACKS: readonly Stack[] = [
  weak('url-id', 'an id from the URL'),
  weak('tutorial', 'express-session, as tutorials show it'),
  weak('regenerate', 'express-session with a new id at login'),
  weak('double-submit', 'a new id at login, and csurf in a cookie'),
  weak('passport-05', 'Passport 0.5'),
  weak('passport-07', 'Passport 0.7 with keepSessionInfo and csurf'),
  weak('cookie-session', 'cookie-session'),
  weak('hardened', 'express-session with all that can be added'),
  dropIn('tutorial', 'express-session, as tutorials show it'),
  dropIn('regenerate', 'express-session with a new id at login'),
  dropIn('passport-05', 'Passport 0.5'),
  dropIn('passport-07', 'Passport 0.7 with keepSessionInfo and csurf'),
  dropIn('hardened', 'express-session with all that can be added'),
  native('Express'),
  native('Fastify'),
  native('Hono'),
]
