// Passport with keepSessionInfo, so that the cart survives, and csurf: its secret survives too.
const csurf = require('csurf')
const express = require('express')
const session = require('express-session')
const passport = require('passport')
const { Strategy } = require('passport-local')

passport.use(new Strategy((username, password, done) => done(null, password === 'secret' && { id: username })))
passport.serializeUser((user, done) => done(null, user.id))
passport.deserializeUser((id, done) => done(null, { id }))

const app = express()
app.use(express.urlencoded({ extended: false }))
app.use(session({ secret: 'keyboard cat', resave: false, saveUninitialized: true }))
app.use(passport.session())
app.use(csurf())
app.get('/', (req, res) => res.send(req.user ? `Hello ${req.user.id}, ${req.session.sent ?? 0} sent` : 'Nobody is logged in.'))
app.get('/token', (req, res) => res.send(req.csrfToken()))
app.post('/login', passport.authenticate('local', { keepSessionInfo: true, successRedirect: '/' }))
app.post('/transfer', (req, res) => {
  req.session.sent = (req.session.sent ?? 0) + 1
  res.send('sent')
})
app.use((error, _req, res, _next) => res.status(error.status ?? 500).send(error.message))
app.listen(Number(process.env.PORT), '127.0.0.1')
