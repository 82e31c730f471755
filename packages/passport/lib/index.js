const { Authenticator, passport, SessionStrategy, Strategy } = require('instar/compat/passport')

module.exports = exports = passport
exports.Authenticator = Authenticator
exports.Passport = Authenticator
exports.Strategy = Strategy
exports.strategies = { SessionStrategy }
