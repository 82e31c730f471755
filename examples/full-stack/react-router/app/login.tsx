import { data, Form, redirect } from 'react-router'
import * as users from '../../../users.ts'
import type { Route } from './+types/login'
import { asResponse, sessionContext } from './sessions.server.ts'

export const action = async ({ request, context }: Route.ActionArgs) => {
  const form = await request.formData()
  const user = await users.verify(form.get('name'), form.get('password'))
  if (!user) return data('The name or the password is wrong.', 401)
  const session = context.get(sessionContext)
  await session.login(user.id, { keep: ['cart'] }).catch(asResponse)
  return redirect(session.returnTo('/'), 303)
}

export default function Login({ actionData }: Route.ComponentProps) {
  return (
    <Form method="post">
      {actionData} <input name="name" /> <input name="password" type="password" /> <button type="submit">Log in</button>
    </Form>
  )
}
