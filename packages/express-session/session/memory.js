module.exports = require('../index.js').MemoryStore
