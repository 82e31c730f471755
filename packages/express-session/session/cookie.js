module.exports = require('../index.js').Cookie
