import { fail, redirect } from '@sveltejs/kit'
import * as users from '../../../../../users.ts'

export const actions = {
  default: async ({ request, locals: { session } }) => {
    const form = await request.formData()
    const user = await users.verify(form.get('name'), form.get('password'))
    if (!user) return fail(401, { message: 'The name or the password is wrong.' })
    await session.login(user.id, { keep: ['cart'] })
    redirect(303, session.returnTo('/'))
  },
}
