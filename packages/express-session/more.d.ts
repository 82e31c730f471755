// What this package has beyond the types of express-session: import type {} from 'express-session/more.js'
import 'express-session'

declare module 'express-session' {
  interface SessionOptions {
    /** Paths in the session that say who is logged in, beside those that are usual: `['member.id']`. When what they say changes, so does the id. */
    identity?: readonly string[]
    /** Requests of one session follow each other in this process. Default false. */
    serial?: boolean
  }

  // The same calls without a callback give a promise.
  interface Session {
    regenerate(): Promise<void>
    destroy(): Promise<void>
    reload(): Promise<void>
    save(): Promise<void>
  }
}
