import type { Json } from './json.ts'

declare global {
  /**
   * Where an application says once what its sessions hold, for places that no type parameter reaches, such as Express's `req.session`:
   * `declare global { namespace Instar { interface SessionData { cart: string[] } } }`.
   */
  namespace Instar {
    interface SessionData {}
    interface User {}
  }
}

/** What sessions hold unless a type parameter says it: what the application declared, or else any JSON. */
export type DeclaredData = keyof Instar.SessionData extends never ? { [key: string]: Json } : Instar.SessionData

/** What `session.user()` gives unless a type parameter says it. */
export type DeclaredUser = keyof Instar.User extends never ? unknown : Instar.User

/** The keys of the session's data. */
export type KeyOf<Data> = keyof Data & string
