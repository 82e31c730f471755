module.exports = require('instar/compat/passport').SessionManager
