// A duration is a number with its unit; anything else is an error before it runs.
import { SessionManager } from 'instar'
import { requireFresh } from 'instar/adapters/express-untyped'
import { memoryStore } from 'instar/stores/memory'

const store = memoryStore()
new SessionManager({ store, idleTimeout: '30m', absoluteTimeout: '12h', anonymousTimeout: '90s', remember: { idleTimeout: '14d', absoluteTimeout: '30d' } })
new SessionManager({ store, idleTimeout: '500ms' })
requireFresh({ maxAge: '5m', method: 'password' })

// @ts-expect-error: 30 of what
new SessionManager({ store, idleTimeout: 30 })
// @ts-expect-error: the unit is one letter
new SessionManager({ store, idleTimeout: '30 minutes' })
// @ts-expect-error: there is no such unit
new SessionManager({ store, idleTimeout: '30x' })
// @ts-expect-error: there is no unit
new SessionManager({ store, absoluteTimeout: '30' })
// @ts-expect-error: there is no number
new SessionManager({ store, anonymousTimeout: 'm' })
// @ts-expect-error: 30 of what
new SessionManager({ store, remember: { idleTimeout: 30 } })
// @ts-expect-error: 300 of what
requireFresh({ maxAge: 300 })
// @ts-expect-error: how fresh must be said
requireFresh({})
// @ts-expect-error: bare numbers, and an option that went
new SessionManager({ store, maxAge: 30 })
// @ts-expect-error: dropped on purpose
new SessionManager({ store, resave: false })
// @ts-expect-error: there is no default store
new SessionManager({})
// @ts-expect-error: it says what happens at the limit
new SessionManager({ store, limit: { perUser: 3 } })
// @ts-expect-error: lower case, as the option has it
new SessionManager({ store, cookie: { sameSite: 'Lax' } })
