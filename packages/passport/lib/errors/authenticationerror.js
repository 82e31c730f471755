module.exports = require('instar/compat/passport').AuthenticationError
