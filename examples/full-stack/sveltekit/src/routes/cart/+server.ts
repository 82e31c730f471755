import { json, redirect } from '@sveltejs/kit'

export const GET = ({ locals }) => json(locals.session.get('cart') ?? [])

export const POST = async ({ request, locals }) => {
  const item = String((await request.formData()).get('item'))
  locals.session.update('cart', (cart = []) => [...cart, item])
  redirect(303, '/cart')
}
