const { Authenticator, passport, SessionStrategy, Strategy } = require('instar/compat/passport')

module.exports = passport
module.exports.Authenticator = Authenticator
module.exports.Passport = Authenticator
module.exports.Strategy = Strategy
module.exports.strategies = { SessionStrategy }
