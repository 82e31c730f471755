import { redirect } from '@sveltejs/kit'

export const POST = async ({ locals }) => {
  await locals.session.logout()
  redirect(303, '/')
}
