module.exports = require('../index.js').Session
