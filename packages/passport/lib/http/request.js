module.exports = { ...require('instar/compat/passport').requestMethods }
