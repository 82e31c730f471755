module.exports = require('instar/compat/passport').Authenticator
