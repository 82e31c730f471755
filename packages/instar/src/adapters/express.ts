import type { Session } from '../core/session.ts'
import type { DeclaredData, DeclaredUser } from '../core/types.ts'

export * from './express-untyped.ts'

declare global {
  namespace Express {
    interface Request {
      /** The request's session; what it holds is said in `Instar.SessionData`. */
      readonly session: Session<DeclaredData, DeclaredUser>
      /** The public handle of the session's row, once it is stored. */
      readonly sessionID: string | undefined
    }
  }
}
