import type { EngineName } from '@instar/engines'
import type { WorkName } from './works/work.ts'

/** What is measured: a library on a framework with a store. */
export interface Subject {
  readonly name: string
  readonly framework: string
  /** Undefined for the bare framework. */
  readonly library?: string
  readonly store: string
  /** Its file in `subjects`. */
  readonly file: string
  /** Where the packages that it imports come from. */
  readonly home: 'originals' | 'drop-ins'
  /** What it cannot do, and why. */
  readonly cannot: { readonly [work in WorkName]?: string }
}

export const ENGINE_OF: { readonly [store: string]: EngineName } = {
  Redis: 'Redis',
  PostgreSQL: 'PostgreSQL',
  'Redis, near cache': 'Redis',
  'PostgreSQL, near cache': 'PostgreSQL',
}

/** Where the session is in the cookie. */
const IN_COOKIE = { 'read 20 kB': 'a cookie holds 4 kB', 'dead cookie': 'there is no store that could have forgotten it' }
const NO_DATA = 'it holds no data'
const BETTER_AUTH: Subject['cannot'] = {
  write: NO_DATA,
  'read 2 kB': NO_DATA,
  'read 20 kB': NO_DATA,
  login: 'it is a sign-in with a password',
  logout: 'it is a part of its sign-in',
  page: 'there is no middleware',
}

const of = (library: string | undefined, file: string, framework: string, store = '', cannot: Subject['cannot'] = {}): Subject => ({
  name: `${library === undefined ? 'bare' : `${library}, ${store}`} (${framework})`,
  framework,
  ...(library !== undefined && { library }),
  store,
  file,
  home: library?.startsWith('@instar/') ? 'drop-ins' : 'originals',
  cannot,
})

const FRAMEWORKS = ['node:http', 'Express', 'Fastify', 'Koa', 'Hono']
const ENGINES = ['Redis', 'PostgreSQL', 'SQLite']

export const SUBJECTS: readonly Subject[] = [
  ...FRAMEWORKS.map((framework) => of(undefined, 'bare', framework)),
  ...FRAMEWORKS.map((framework) => of('instar', 'instar', framework, 'memory')),
  ...[...ENGINES, 'Redis, near cache', 'PostgreSQL, near cache'].map((store) => of('instar', 'instar', 'Express', store)),
  ...['memory', ...ENGINES].map((store) => of('express-session', 'express-session', 'Express', store)),
  ...['memory', ...ENGINES].map((store) => of('@instar/express-session', 'express-session', 'Express', store)),
  of('express-session + passport', 'passport', 'Express', 'memory'),
  of('@instar/express-session + @instar/passport', 'passport', 'Express', 'memory'),
  of('cookie-session', 'cookie-session', 'Express', 'cookie', IN_COOKIE),
  of('@fastify/session', 'fastify-session', 'Fastify', 'memory'),
  of('@fastify/secure-session', 'fastify-secure-session', 'Fastify', 'cookie', IN_COOKIE),
  of('koa-session', 'koa-session', 'Koa', 'memory'),
  of('@hono/session', 'hono-session', 'Hono', 'memory'),
  of('@hono/session', 'hono-session', 'Hono', 'cookie', IN_COOKIE),
  of('hono-sessions', 'hono-sessions', 'Hono', 'memory'),
  of('iron-session', 'iron-session', 'node:http', 'cookie', { ...IN_COOKIE, page: 'there is no middleware' }),
  of('better-auth', 'better-auth', 'Hono', 'SQLite', BETTER_AUTH),
  of('better-auth', 'better-auth', 'Hono', 'SQLite, cookie cache', { ...BETTER_AUTH, 'dead cookie': 'its cache is believed though the session is gone' }),
]

export const isBare = (subject: Subject): boolean => subject.library === undefined

/** What a subject's cost is counted above. */
export const bareOf = ({ framework }: Subject): string => `bare (${framework})`
