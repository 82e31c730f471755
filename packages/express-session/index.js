const session = require('instar/compat/express-session').default

module.exports = session
// Named here too, so that `import { Store } from 'express-session'` finds them.
module.exports.Store = session.Store
module.exports.MemoryStore = session.MemoryStore
module.exports.Cookie = session.Cookie
module.exports.Session = session.Session
