module.exports = require('instar/compat/passport').SessionStrategy
