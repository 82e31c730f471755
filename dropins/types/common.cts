import express = require('express')
import session = require('express-session')

const app = express()
const options: session.SessionOptions = { secret: 'keyboard cat', resave: false, saveUninitialized: false, cookie: { maxAge: 60_000, sameSite: 'lax' } }
app.use(session(options))
app.get('/', (request, response) => {
  request.session.cookie.maxAge = 1000
  request.session.destroy((error: unknown) => response.send(String(error)))
})
export = app
