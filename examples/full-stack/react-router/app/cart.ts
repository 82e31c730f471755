import { type ActionFunctionArgs, type LoaderFunctionArgs, redirect } from 'react-router'
import { sessionContext } from './sessions.server.ts'

export const loader = ({ context }: LoaderFunctionArgs) => Response.json(context.get(sessionContext).get('cart') ?? [])

export const action = async ({ request, context }: ActionFunctionArgs) => {
  const item = String((await request.formData()).get('item'))
  context.get(sessionContext).update('cart', (cart = []) => [...cart, item])
  return redirect('/cart', 303)
}
