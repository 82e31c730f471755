// The parts of the peers that are used: they are not in the main install, and those that bring types would declare sessions over each other's.

type Middleware = (...args: never[]) => unknown
type Done = (error?: unknown) => void

declare module 'express-session' {
  interface Store {
    set(id: string, session: object, done: Done): void
  }
  function session(options: object): Middleware
  namespace session {
    const MemoryStore: new () => Store
    type Store = import('express-session').Store
  }
  export default session
}
declare module 'connect-redis' {
  export const RedisStore: new (options: object) => import('express-session').Store
}
declare module 'connect-pg-simple' {
  export default function pgSimple(session: unknown): new (options: object) => import('express-session').Store
}
declare module 'better-sqlite3-session-store' {
  export default function sqliteStore(session: unknown): new (options: object) => import('express-session').Store
}
declare module 'passport' {
  const passport: {
    serializeUser(serialize: (user: unknown, done: (error: unknown, id: unknown) => void) => void): void
    deserializeUser(deserialize: (id: unknown, done: (error: unknown, user: unknown) => void) => void): void
    session(): Middleware
  }
  export default passport
}
declare module 'cookie-session' {
  export default function cookieSession(options: object): Middleware
}
declare module '@fastify/cookie' {
  const cookie: unknown
  export default cookie
}
declare module '@fastify/session' {
  const session: unknown
  export default session
}
declare module '@fastify/secure-session' {
  const secureSession: unknown
  export default secureSession
}
declare module 'koa-session' {
  export default function session(options: object, app: object): Middleware
}
declare module '@hono/session' {
  export function useSession(options: object): Middleware
  export function useSessionStorage(storage: object): Middleware
}
declare module 'hono-sessions' {
  export const MemoryStore: new () => object
  export function sessionMiddleware(options: object): Middleware
}
declare module 'iron-session' {
  export function getIronSession(req: object, res: object, options: object): Promise<object>
}
declare module 'better-auth' {
  interface Carried {
    readonly headers: Headers
  }
  export function betterAuth(options: object): {
    readonly api: {
      getSession(request: { readonly headers: Headers }): Promise<{ readonly user: { readonly name: string; readonly image?: string | null } } | null>
      signUpEmail(request: object): Promise<Carried>
      signOut(request: object): Promise<Carried>
    }
  }
}
declare module 'better-auth/db/migration' {
  export function getMigrations(options: object): Promise<{ runMigrations(): Promise<void> }>
}
