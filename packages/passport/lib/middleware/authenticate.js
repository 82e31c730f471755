module.exports = require('instar/compat/passport').authenticate
