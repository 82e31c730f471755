/** What a program imports. */
export interface Subject {
  /** What is imported, by name or subpath. */
  readonly specifiers: readonly string[]
  /** Bundled for no platform: without anything of Node. */
  readonly isPortable?: boolean
}

export const LIBRARY = 'instar'

const part = (...subpaths: readonly string[]): Subject => ({ specifiers: [LIBRARY, ...subpaths.map((subpath) => `${LIBRARY}/${subpath}`)] })

/** By the titles that tables show. */
export const OURS: { readonly [title: string]: Subject } = {
  'instar, adapters/express, stores/memory': part('adapters/express', 'stores/memory'),
  'instar, adapters/express, stores/sqlite': part('adapters/express', 'stores/sqlite'),
  'instar, adapters/express, stores/postgres': part('adapters/express', 'stores/postgres'),
  'instar, adapters/express, stores/redis': part('adapters/express', 'stores/redis'),
  'instar, adapters/web': { ...part('adapters/web'), isPortable: true },
}

/** The others are compared with it. */
export const REFERENCE = 'express-session'

export const THEIRS: { readonly [title: string]: Subject } = {
  [REFERENCE]: { specifiers: ['express-session'] },
  'express-session, connect-redis': { specifiers: ['express-session', 'connect-redis'] },
  'express-session, passport': { specifiers: ['express-session', 'passport'] },
  passport: { specifiers: ['passport'] },
  '@fastify/session, @fastify/cookie': { specifiers: ['@fastify/session', '@fastify/cookie'] },
  'koa-session': { specifiers: ['koa-session'] },
  'iron-session': { specifiers: ['iron-session'] },
  'better-auth': { specifiers: ['better-auth'] },
}

/** What is in the times of the others: the loader, and a module of Node that an application with a server may have imported already. */
export const BASELINES: { readonly [title: string]: Subject } = {
  'an empty program': { specifiers: [] },
  'node:http': { specifiers: ['node:http'] },
}

/** The package that a specifier is of. */
export const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
