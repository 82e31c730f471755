module.exports = require('../index.js').Store
