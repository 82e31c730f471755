// As tutorials show it: nobody asks for a new id at login.
const express = require('express')
const session = require('express-session')

const app = express()
app.use(express.urlencoded({ extended: false }))
app.use(session({ secret: 'keyboard cat', resave: false, saveUninitialized: true }))
app.get('/', (req, res) => res.send(req.session.user ? `Hello ${req.session.user.name}` : 'Nobody is logged in.'))
app.post('/login', (req, res) => {
  if (req.body.password !== 'secret') return res.sendStatus(401)
  req.session.user = { id: 1, name: req.body.name }
  res.redirect('/')
})
app.post('/logout', (req, res) => req.session.destroy(() => res.redirect('/')))
app.listen(Number(process.env.PORT), '127.0.0.1')
