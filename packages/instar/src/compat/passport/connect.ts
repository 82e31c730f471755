import { authenticate } from './authenticate.ts'
import { initialize } from './initialize.ts'

/** The middleware of Connect and Express, as `passport.framework()` takes it. */
export function connect(): { readonly initialize: typeof initialize; readonly authenticate: typeof authenticate } {
  return { initialize, authenticate }
}
