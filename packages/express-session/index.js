'use strict'

const session = require('instar/compat/express-session').default

exports = module.exports = session
// Named here too, so that `import { Store } from 'express-session'` finds them.
exports.Store = session.Store
exports.MemoryStore = session.MemoryStore
exports.Cookie = session.Cookie
exports.Session = session.Session
