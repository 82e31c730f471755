module.exports = require('instar/compat/passport').connect
