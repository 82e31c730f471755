module.exports = require('instar/compat/passport').initialize
