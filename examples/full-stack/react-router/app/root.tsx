import { Form, Link, Outlet, Scripts } from 'react-router'
import { inSession } from './sessions.server.ts'

export const middleware = [inSession]

export default function Root() {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <title>Shop</title>
      </head>
      <body>
        <Link to="/login">Log in</Link>
        <Form method="post" action="/logout">
          <button type="submit">Log out</button>
        </Form>
        <Outlet />
        <Scripts />
      </body>
    </html>
  )
}
